"""A fee is worked out from tracked-object minutes, and only where the rules let one be asked."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from bwc.canonical import JsonObject, digest
from bwc.catalog.rendering import Plan
from bwc.catalog.store import Catalog
from bwc.policy.cases import read_cases
from bwc.policy.evaluate import decide
from bwc.policy.facts import Facts
from bwc.policy.moments import parse_moment
from bwc.policy.packs import load_packs
from bwc.policy.shipped import SHIPPED
from bwc.redaction.plan import Kind
from bwc.release.fee import FeeStanding, Work, estimate, work_of
from tests.archive import RECORDED, Archive
from tests.plans import make_plan, still

MINUTE = 60 * 90_000  # ticks
TEN = Work(objects=3, minutes=Fraction(10), unplanned=0)
CHARGED: JsonObject = {
    "obligations": [{"kind": "CHARGE_FEE", "to": "requester", "text": "At most"}],
    "facts": {"fee_rate_per_staff_minute": 0.88},
}


def test_the_newest_plan_is_counted_object_by_object(catalog: Catalog, tmp_path: Path) -> None:
    archive = Archive(tmp_path, catalog)
    plan = make_plan(
        still(1, Kind.FACE, (0, 0, 40, 40), last=2 * MINUTE),
        still(2, Kind.HEAD, (80, 0, 120, 40), first=MINUTE, last=MINUTE + MINUTE // 2),
    )
    document = json.loads(plan.model_dump_json())
    with catalog.write() as session:
        session.add(
            Plan(
                recording_id=archive.recording_id,
                version=2,
                sha256=digest(document),
                document=document,
                author="engine",
                created_at=RECORDED,
            )
        )
        session.commit()
        found = work_of(session, archive.incident_id)
    assert found == Work(objects=2, minutes=Fraction(5, 2), unplanned=0)


def test_a_rate_times_minutes_is_quoted_where_a_rule_allows_it() -> None:
    told = estimate(CHARGED, TEN)
    assert (told.standing, told.amount) == (FeeStanding.ALLOWED, Decimal("8.80"))
    assert told.conditions == "At most"


@pytest.mark.parametrize(
    ("document", "work", "standing"),
    [
        ({**CHARGED, "obligations": []}, TEN, FeeStanding.NO_RULE),
        (
            {**CHARGED, "obligations": [{"kind": "CHARGE_FEE"}, {"kind": "NO_FEE"}]},
            TEN,
            FeeStanding.FORBIDDEN,
        ),
        ({**CHARGED, "facts": {}}, TEN, FeeStanding.ALLOWED),
        (CHARGED, Work(objects=3, minutes=Fraction(10), unplanned=1), FeeStanding.ALLOWED),
    ],
    ids=["no rule", "forbidden", "no rate", "a recording without a plan"],
)
def test_nothing_is_quoted_otherwise(
    document: JsonObject, work: Work, standing: FeeStanding
) -> None:
    told = estimate(document, work)
    assert (told.standing, told.amount) == (standing, None)


def test_washington_lets_a_third_party_be_charged_and_an_involved_one_not() -> None:
    packs = load_packs(["us-wa"], SHIPPED)
    found = {case.number: case for case in read_cases("us-wa", SHIPPED)}
    standings = []
    for number in ("WA-5", "WA-4"):
        case = found[number]
        facts = Facts.from_document({**case.facts, "fee_rate_per_staff_minute": 0.88})
        on = parse_moment(case.on)
        document = decide(packs, facts, on=on, audience=case.audience).document()
        standings.append(estimate(document, TEN).standing)
    assert standings == [FeeStanding.ALLOWED, FeeStanding.FORBIDDEN]
