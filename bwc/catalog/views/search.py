"""Finding anything by what people have in hand: a case number, a badge, a camera, a hash, a name.

What a person may not see he does not find either: the caller says which kinds are his.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from bwc.catalog.incident import Call, Incident
from bwc.catalog.involved import InvolvedPerson
from bwc.catalog.people import Camera, Officer
from bwc.catalog.recording import Recording
from bwc.catalog.release import Decision, Release
from bwc.catalog.rendering import Certificate, Plan, Rendering
from bwc.catalog.request import Complaint, RecordRequest

SHORTEST = 2  # characters; one letter finds everything
SHORTEST_HASH = 6  # hex digits
MOST = 25  # of a kind
HEX = frozenset("0123456789abcdef")

Text = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


class Findable(StrEnum):
    """What can be found."""

    INCIDENT = "incident"
    RECORDING = "recording"
    RELEASE = "release"
    REQUEST = "request"
    COMPLAINT = "complaint"
    OFFICER = "officer"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing, by what it was found. `id` is a badge for an officer."""

    kind: Findable
    id: str
    name: str
    by: str
    incident_id: str | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """What a person may find: the kinds, whose recordings if not all, who asked and was involved."""

    kinds: Collection[Findable]
    officer_id: str | None = None
    requesters: bool = False
    people: bool = False


def search(session: Session, text: str, reach: Reach) -> list[Found]:
    """What `text` names, at most `MOST` of a kind; nothing for less than `SHORTEST` characters.

    Words are found anywhere in numbers, titles and names, whatever their case; a hash by its first
    `SHORTEST_HASH` digits or more.
    """
    wanted = " ".join(text.split())
    if len(wanted) < SHORTEST:
        return []
    finders = {
        Findable.INCIDENT: _incidents,
        Findable.RECORDING: _recordings,
        Findable.RELEASE: _releases,
        Findable.REQUEST: _requests,
        Findable.COMPLAINT: _complaints,
        Findable.OFFICER: _officers,
    }
    found: dict[tuple[Findable, str], Found] = {}
    for kind, finder in finders.items():
        if kind in reach.kinds:
            for one in finder(session, wanted, reach):
                found.setdefault((one.kind, one.id), one)
    return list(found.values())


def _incidents(session: Session, text: str, reach: Reach) -> Iterator[Found]:
    query = sa.select(Incident.id, Incident.number, Incident.title)
    direct = query.where(_says(text, Incident.number, Incident.title, Incident.district))
    for row in session.execute(direct.order_by(Incident.occurred_at.desc()).limit(MOST)):
        yield Found(Findable.INCIDENT, row.id, f"{row.number} {row.title}", "its number or title")
    by_call = query.add_columns(Call.number.label("call")).join(
        Call, Call.incident_id == Incident.id
    )
    for row in session.execute(by_call.where(_says(text, Call.number)).limit(MOST)):
        yield Found(Findable.INCIDENT, row.id, f"{row.number} {row.title}", f"call {row.call}")
    if reach.people:
        yield from _by_people(session, text)
    if _is_hash(text):
        by_hash = query.join(Decision, Decision.incident_id == Incident.id)
        of_hash = by_hash.where(Decision.sha256.startswith(text.lower())).limit(MOST)
        for row in session.execute(of_hash):
            yield Found(
                Findable.INCIDENT, row.id, f"{row.number} {row.title}", "a decision's sha256"
            )


def _by_people(session: Session, text: str) -> Iterator[Found]:
    """Incidents by the name of somebody who was involved."""
    query = (
        sa.select(Incident.id, Incident.number, Incident.title)
        .join(InvolvedPerson, InvolvedPerson.incident_id == Incident.id)
        .where(_says(text, InvolvedPerson.name), InvolvedPerson.struck_at.is_(None))
    )
    for row in session.execute(query.distinct().limit(MOST)):
        yield Found(Findable.INCIDENT, row.id, f"{row.number} {row.title}", "a person involved")


def _recordings(session: Session, text: str, reach: Reach) -> Iterator[Found]:
    base = (
        sa.select(Recording.id, Recording.original_name, Officer.badge, Camera.serial)
        .outerjoin(Officer, Officer.id == Recording.officer_id)
        .outerjoin(Camera, Camera.id == Recording.camera_id)
        .order_by(Recording.id.desc())
        .limit(MOST)
    )
    if reach.officer_id is not None:
        base = base.where(Recording.officer_id == reach.officer_id)
    asked = [(_says(text, Recording.original_name, Recording.id), "its file name")]
    asked.append((_says(text, Officer.badge, Officer.name), "its officer"))
    asked.append((_says(text, Camera.serial), "its camera"))
    if _is_hash(text):
        asked += [
            (Recording.sha256.startswith(text.lower()), "its sha256"),
            *(
                (Recording.id.in_(_of_hash(made, text)), f"the sha256 of a {name}")
                for made, name in ((Plan, "plan"), (Rendering, "redacted file"))
            ),
            (Recording.id.in_(_of_certificate(text)), "the sha256 of a certificate"),
        ]
    for condition, by in asked:
        for row in session.execute(base.where(condition)):
            more = [row.badge and f"badge {row.badge}", row.serial and f"camera {row.serial}"]
            name = ", ".join([row.original_name, *filter(None, more)])
            yield Found(Findable.RECORDING, row.id, name, by)


def _of_hash(made: type[Plan] | type[Rendering], text: str) -> sa.Select[str]:
    return sa.select(made.recording_id).where(made.sha256.startswith(text.lower()))


def _of_certificate(text: str) -> sa.Select[str]:
    query = sa.select(Rendering.recording_id).join(
        Certificate, Certificate.rendering_id == Rendering.id
    )
    return query.where(Certificate.sha256.startswith(text.lower()))


def _releases(session: Session, text: str, _reach: Reach) -> Iterator[Found]:
    query = sa.select(Release.id, Release.title, Release.incident_id).limit(MOST)
    for row in session.execute(query.where(_says(text, Release.title, Release.id))):
        yield Found(Findable.RELEASE, row.id, row.title, "its title", row.incident_id)
    if _is_hash(text):
        for row in session.execute(query.where(Release.manifest_sha256.startswith(text.lower()))):
            yield Found(
                Findable.RELEASE, row.id, row.title, "its manifest's sha256", row.incident_id
            )


def _requests(session: Session, text: str, reach: Reach) -> Iterator[Found]:
    columns: list[Text] = [RecordRequest.number]
    if reach.requesters:  # people write their names into what they ask for
        columns += [RecordRequest.description, RecordRequest.requester_name]
        columns.append(RecordRequest.requester_contact)
    query = sa.select(RecordRequest.id, RecordRequest.number, RecordRequest.incident_id)
    for row in session.execute(query.where(_says(text, *columns)).limit(MOST)):
        yield Found(Findable.REQUEST, row.id, row.number, "the request", row.incident_id)


def _complaints(session: Session, text: str, reach: Reach) -> Iterator[Found]:
    query = sa.select(Complaint.id, Complaint.number, Complaint.incident_id)
    columns: list[Text] = [Complaint.number, Complaint.log_number]
    columns += [Complaint.description] if reach.requesters else []
    says = _says(text, *columns)
    for row in session.execute(query.where(says).limit(MOST)):
        yield Found(Findable.COMPLAINT, row.id, row.number, "the complaint", row.incident_id)


def _officers(session: Session, text: str, _reach: Reach) -> Iterator[Found]:
    query = sa.select(Officer.badge, Officer.name, Officer.unit)
    says = _says(text, Officer.badge, Officer.name, Officer.unit)
    for row in session.execute(query.where(says).order_by(Officer.badge).limit(MOST)):
        yield Found(Findable.OFFICER, row.badge, f"{row.name}, {row.unit}", f"badge {row.badge}")


def _says(text: str, *columns: Text) -> sa.ColumnElement[bool]:
    """Whether one of the columns holds `text`, whatever its case; % and _ mean themselves."""
    return sa.or_(*(column.icontains(text, autoescape=True) for column in columns))


def _is_hash(text: str) -> bool:
    return len(text) >= SHORTEST_HASH and HEX.issuperset(text.lower())
