"""The department's coverage figures as the public may have them: a period, in shares, nobody named.

Figures of fewer than `FEWEST` cases are left out, groups as the equity tables do it. A period that
overlaps one that is out already is refused: the difference of two would give small numbers away.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject, canonical_bytes, digest
from bwc.catalog.coverage_sum import CallGroup
from bwc.clock import iso
from bwc.coverage.equity import Measure, tabulate_rates
from bwc.coverage.groups import Grouping, group_calls
from bwc.coverage.rates import FEWEST, Rate, rounded
from bwc.coverage.report import DepartmentReport
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.errors import Conflict, InvalidInput
from bwc.ids import Sha256
from bwc.vault.protocol import PublicStore

FORMAT = "bwc-coverage/1"
FOLDER = "coverage/"
KEY = re.compile(r"coverage/(\d{4}-\d{2}-\d{2})_(\d{4}-\d{2}-\d{2})\.json")
JSON = "application/json"


def public_figures(
    report: DepartmentReport, first: date, last: date, *, zone: ZoneInfo, at: datetime
) -> JsonObject:
    """What is published of `report`, the days `first` to `last` inclusive. Pure."""
    figures = report.tally
    filmed = figures.covered_fully + figures.partial
    types = {
        one.name: one.tally.with_video
        for one in group_calls(report.calls, Grouping.TYPE, zone=zone)
    }
    return {
        "format": FORMAT,
        "since": first.isoformat(),
        "until": last.isoformat(),
        "published_at": iso(at),
        "rule": report.rule,
        "fewest": FEWEST,
        "figures": [
            _figure("equipped", report.equipment.equipped),
            _figure("with_video", figures.with_video),
            _figure("complete", figures.complete),
            _figure("late", Rate(figures.late_calls, filmed)),
            _figure("early", Rate(figures.early_calls, filmed)),
            _figure("gaps", Rate(figures.gap_calls, filmed)),
        ],
        "recorded_share": rounded(figures.shown_recorded_share),
        "excluded": figures.excluded if figures.excluded >= FEWEST else None,
        "call_types": tabulate_rates(Measure.COVERAGE, CallGroup.CALL_TYPE, types).document()[
            "cells"
        ],
    }


def name_of(document: JsonObject) -> Sha256:
    """What names these figures, whenever they are published: the hash of all but that moment."""
    return digest({name: value for name, value in document.items() if name != "published_at"})


def require_over(last: date, *, zone: ZoneInfo, at: datetime) -> None:
    """Refuse a period that is not over: its figures would change after they are out.

    Raises:
        InvalidInput: `last` is not past on the department's clocks.
    """
    today = at.astimezone(zone).date()
    if last >= today:
        raise InvalidInput(
            "figures are published of days that are over",
            where="last",
            expected=f"a day before {today.isoformat()}",
            got=last.isoformat(),
        )


def published_periods(public: PublicStore) -> list[tuple[str, str]]:
    """First and last day of every period that is out, the newest first."""
    return sorted(((since, until) for _, since, until in _published(public)), reverse=True)


def announce(
    session: Session, public: PublicStore, document: JsonObject, *, by: str, at: datetime
) -> str:
    """Note in the ledger that `by` publishes `document`; the key to put it under after the commit.

    Raises:
        Conflict: figures of days that are in it are out already for another period.
    """
    key = f"{FOLDER}{document['since']}_{document['until']}.json"
    for other, since, until in _published(public):
        if other != key and since <= str(document["until"]) and str(document["since"]) <= until:
            raise Conflict(
                "figures of some of these days are published already",
                got=f"{since} to {until}",
                advice="Publish periods that do not overlap, or the same one again.",
            )
    older = b"".join(public.read(key)) if public.has(key) else None
    record(
        session,
        Act.COVERAGE_PUBLISHED,
        about=About(Subject.COVERAGE, key),
        actor=by,
        at=at,
        detail={"sha256": digest(document), "rule": document["rule"]},
        before=None if older is None else {"sha256": hashlib.sha256(older).hexdigest()},
    )
    return key


def put_figures(public: PublicStore, key: str, document: JsonObject) -> None:
    """Let everyone read them."""
    public.replace(key, canonical_bytes(document), content_type=JSON)


def _figure(name: str, rate: Rate) -> Json:
    """A share with its interval; of few cases nothing at all."""
    if rate.is_small:
        return {
            "name": name,
            "suppressed": True,
            "n": None,
            "share": None,
            "low": None,
            "high": None,
        }
    low, high = rate.shown_interval
    return {
        "name": name,
        "suppressed": False,
        "n": rate.whole,
        "share": rounded(rate.share),
        "low": rounded(low),
        "high": rounded(high),
    }


def _published(public: PublicStore) -> Iterator[tuple[str, str, str]]:
    """Key, first and last day of every period that is out."""
    for key in public.keys(FOLDER):
        if match := KEY.fullmatch(key):
            yield key, match[1], match[2]
