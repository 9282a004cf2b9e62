"""What the public reads beside the releases: the daily log and the cases on the clock."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bwc.canonical import Json, JsonObject
from bwc.catalog.release import Decision, Release, ReleaseState
from bwc.clock import as_utc, iso
from bwc.custody.record import head
from bwc.release.bundle import put_state
from bwc.release.extended import extensions
from bwc.release.gates import RELEASING, GateName, gates
from bwc.release.rows import PUBLIC
from bwc.vault.protocol import PublicStore

UPCOMING = "upcoming/index.json"
WAITING_OUTCOMES = RELEASING | {"DELAY"}
# What a case waits for, in a code that tells nothing about it.
CODE = {
    GateName.DECISION: "decision",
    GateName.CURRENT: "decision",
    GateName.STILL_TRUE: "decision",
    GateName.FACTS: "facts",
    GateName.INCIDENT: "decision",
    GateName.RENDERING: "redaction",
    GateName.OBJECTIONS: "redaction",
    GateName.OBLIGATIONS: "notices",
    GateName.LEAD_TIME: "notice_time",
    GateName.APPROVAL: "approval",
    GateName.DRAFT: "approval",
    GateName.HOLDS: "hold",
    GateName.NOT_WITHDRAWN: "decision",
    GateName.TO_THE_PUBLIC: "decision",
    GateName.REQUESTER: "decision",
}


@dataclass(frozen=True, slots=True)
class PublicLog:
    """Documents for the public store, by key."""

    documents: dict[str, JsonObject]

    def write(self, public: PublicStore) -> None:
        """Put each in its place, whole or not at all; one that says the same is left alone."""
        for key, document in self.documents.items():
            put_state(public, key, document)


def public_log(session: Session, *, zone: tzinfo, at: datetime) -> PublicLog:
    """Today's and yesterday's log, each ending in the chain's head, and what is coming.

    Yesterday is written again only while it may still lack something of its last minutes.
    """
    today = at.astimezone(zone).date()
    documents = {UPCOMING: upcoming(session, at=at)}
    for day in (today - timedelta(days=1), today):
        entries = _entries(session, day, zone=zone)
        if entries or day == today:
            documents[f"log/{day.isoformat()}.json"] = _day(session, day, entries)
    return PublicLog(documents)


def settled(log: PublicLog, public: PublicStore, *, today: date) -> PublicLog:
    """The log without those past days that are out already with the same entries."""
    kept: dict[str, JsonObject] = {}
    for key, document in log.documents.items():
        is_past = key.startswith("log/") and key != f"log/{today.isoformat()}.json"
        if is_past and public.has(key):
            out = json.loads(b"".join(public.read(key)))
            if isinstance(out, dict) and out.get("entries") == document["entries"]:
                continue
        kept[key] = document
    return PublicLog(kept)


def upcoming(session: Session, *, at: datetime) -> JsonObject:
    """Every case that the rules release and that is not out yet: its due day and a reason code."""
    standing = session.scalars(
        sa.select(Decision)
        .where(Decision.superseded_at.is_(None), Decision.audience == PUBLIC)
        .where(Decision.outcome.in_(WAITING_OUTCOMES))
    ).all()
    found = (upcoming_case(session, decision, at=at) for decision in standing)
    cases = [case for case in found if case is not None]
    ordered: list[Json] = [*sorted(cases, key=lambda case: (str(case["due"] or "~"), str(case)))]
    return {"format": "bwc-upcoming/1", "cases": ordered}


def upcoming_case(session: Session, decision: Decision, *, at: datetime) -> JsonObject | None:
    """One case as the public is told of it; None where it is out."""
    releases = session.scalars(
        sa.select(Release).where(
            Release.incident_id == decision.incident_id,
            Release.audience == PUBLIC,
            Release.state != ReleaseState.WITHDRAWN,
        )
    ).all()
    if any(release.state is ReleaseState.PUBLISHED for release in releases):
        return None
    return {
        "due": iso(decision.due_at) if decision.due_at else None,
        "reason": decision.outcome,
        "waiting_for": _waiting_for(session, releases[0] if releases else None, at),
    }


def _waiting_for(session: Session, release: Release | None, at: datetime) -> str:
    """The first gate that is closed, as a code."""
    if release is None:
        return "redaction"
    closed = next((gate for gate in gates(session, release, at) if not gate.open), None)
    return CODE[closed.name] if closed else "publication"


def _day(session: Session, day: date, entries: list[Json]) -> JsonObject:
    end = head(session)
    return {
        "format": "bwc-log/1",
        "date": day.isoformat(),
        "entries": entries,
        "custody": {"position": end.position, "hash": end.hash},
    }


def _entries(session: Session, day: date, *, zone: tzinfo) -> list[Json]:
    """What became public, was taken back or put off on that day of the agency."""
    start = as_utc(datetime.combine(day, time.min, tzinfo=zone))
    end = as_utc(datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone))
    of_the_day = [
        (moment >= start) & (moment < end)
        for moment in (Release.published_at, Release.withdrawn_at)
    ]
    rows = session.scalars(
        sa.select(Release).where(Release.published_at.is_not(None), sa.or_(*of_the_day))
    )
    acts = list(extensions(session, start=start, end=end))
    for row in rows:
        for act, moment in (("published", row.published_at), ("withdrawn", row.withdrawn_at)):
            if moment is not None and start <= moment < end:
                acts.append((moment, _entry(row, act, moment)))
    return [entry for _, entry in sorted(acts, key=lambda one: (one[0], str(one[1])))]


def _entry(row: Release, act: str, moment: datetime) -> JsonObject:
    entry: JsonObject = {
        "act": act,
        "at": iso(moment),
        "release_id": row.id,
        "title": row.title,
        "manifest_sha256": row.manifest_sha256,
    }
    return entry | ({"reason": row.withdrawn_reason} if act == "withdrawn" else {})
