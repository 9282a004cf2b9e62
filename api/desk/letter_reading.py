"""The letter that a decision bears, for its page and for programs."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bwc.catalog.views.cases import IncidentView, view_incident
from bwc.errors import NotFound
from bwc.house import House
from bwc.policy.letters import Letter, LetterKind, letter

UNFINISHED = "[NOT TO BE SENT"  # how a letter marks what a person must still do


@dataclass(frozen=True, slots=True)
class ReadLetter:
    """A letter, the incident it is about, and those of its paragraphs that a person must finish."""

    incident: IncidentView
    letter: Letter
    unfinished: list[str]


def read_letter(house: House, incident_id: str, audience: str, kind: LetterKind) -> ReadLetter:
    """The letter of one kind that the decision for one audience bears.

    Raises:
        NotFound: no such incident, or no decision stands for this audience.
        Conflict: the decision bears no such letter.
    """
    now = house.clock.now()
    department = house.settings.department
    with house.catalog.read() as session:
        view = view_incident(session, incident_id, at=now)
    line = next((one for one in view.decisions if one.audience == audience), None)
    if line is None:
        raise NotFound("no decision stands for this audience", where=view.number, got=audience)
    today = now.astimezone(ZoneInfo(department.timezone)).date()
    made = letter(line.document, kind, sender=department.name, on=today)
    unfinished = [text for text in made.paragraphs if text.startswith(UNFINISHED)]
    return ReadLetter(view, made, unfinished)
