"""The closed lists of words that a request or complaint is described with.

Requester roles and complainants are the words of the policy packs' facts; nothing else may be
written, or a rule would silently not see it.
"""

from enum import StrEnum
from typing import TypeVar

from bwc.errors import InvalidInput

Word = TypeVar("Word", bound=StrEnum)


class RequesterRole(StrEnum):
    """Who asks, as the release rules tell people apart."""

    PUBLIC = "public"
    PRESS = "press"
    SUBJECT = "subject"
    SUBJECT_ATTORNEY = "subject_attorney"
    PARENT_GUARDIAN = "parent_guardian"
    NEXT_OF_KIN = "next_of_kin"
    PERSONAL_REPRESENTATIVE = "personal_representative"
    OFFICER = "officer"
    OFFICER_REP = "officer_rep"
    PROSECUTOR = "prosecutor"
    DEFENCE = "defence"
    OVERSIGHT = "oversight"
    COUNCIL_CHAIR = "council_chair"
    OTHER_AGENCY = "other_agency"
    RESIDENT_OF_RESIDENCE = "resident_of_residence"
    COMMERCIAL = "commercial"


class Channel(StrEnum):
    """How it reached the department."""

    PORTAL = "portal"
    DESK = "desk"
    MAIL = "mail"
    EMAIL = "email"
    PHONE = "phone"


class Complainant(StrEnum):
    """Who complains; a third party and an unnamed person count like everyone else."""

    OFFICER = "officer"
    CIVILIAN = "civilian"
    NONPROFIT = "nonprofit"
    SUBJECT = "subject"


class Named(StrEnum):
    """What a request names; some laws answer none that leaves one of them out."""

    DATE_TIME = "date_time"
    LOCATION = "specific_location"
    SUBJECT = "subject_name"
    CASE_NUMBER = "case_number"
    OFFICER = "officer_id"


class IdentityShown(StrEnum):
    """How the requester showed who he is; only some roles need to."""

    NOT_SHOWN = "not_shown"
    PHOTO_ID = "photo_id"
    NOTARISED = "notarised_statement"
    COUNSEL = "counsels_letter"
    COURT_PAPER = "court_paper"
    KNOWN = "known_to_the_department"


class RequestOutcome(StrEnum):
    """How a request ended."""

    RELEASED = "released"
    PARTLY_RELEASED = "partly_released"
    REFUSED = "refused"
    NO_RECORDINGS = "no_recordings"
    WITHDRAWN = "withdrawn"
    NOT_VALID = "not_valid"


def one_of(kind: type[Word], text: str) -> Word:
    """`text` as a word of the list `kind`.

    Raises:
        InvalidInput: the list does not have it.

    >>> one_of(Channel, "mail").value
    'mail'
    """
    try:
        return kind(text)
    except ValueError as exc:
        raise InvalidInput(
            f"not a {kind.__name__}", expected=", ".join(word.value for word in kind), got=text
        ) from exc
