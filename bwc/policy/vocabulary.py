"""The closed vocabulary of facts: every name a rule may ask for, its type and who asserts it.

What is left out of a fact file means what `Absent` says: the few questions on which most rules
turn stay open (ASK); anything else has not happened or has not been asserted (NONE). Whoever does
not know writes `unknown`, which is never taken for false.
"""

from collections.abc import Mapping
from typing import Final

from bwc.policy import words
from bwc.policy.kinds import (
    Absent,
    Age,
    Fact,
    Fields,
    Kind,
    Number,
    Register,
    Text,
    Time,
    Word,
    Words,
    YesNo,
)

AUDIENCES: Final = words.REQUESTER.words
"""Whom a decision may be about: the public, or a requester in his role."""

GENERAL_PUBLIC: Final = frozenset({"public", "press", "commercial"})
"""Those whose right is everybody's right."""


def _fields(*facts: Fact, leading: str | None = None, none: tuple[str, ...] = ()) -> Fields:
    return Fields({fact.name: fact for fact in facts}, leading, none)


_ANY: Final = Word(("any word",), closed=False)

_COMPLAINT = _fields(
    Fact("filed_at", Time(), "When the complaint was filed"),
    Fact("by", words.COMPLAINANT, "Who complains"),
    Fact("formal", YesNo(), "Whether it was filed formally"),
    Fact("about_misconduct", YesNo(), "Whether it alleges misconduct"),
    Fact("log_number", Text(), "The number the oversight body gave it"),
    Fact("status", _ANY, "Where it stands"),
)

_STATUS = _fields(
    Fact("status", words.INVESTIGATION, "Where the investigation stands"),
    Fact("at", Time(), "Since when"),
    leading="status",
)

_CLAIM = _fields(
    Fact("claimed_by_role", words.CLAIMANT, "Which office says that release would interfere"),
    Fact("at", Time(), "When it said so"),
    Fact("specific_basis_text", Text(), "The written basis"),
    Fact("standard", words.STANDARD, "How far it has been shown"),
    Fact("reviewed_at", Time(), "When it was last reviewed"),
    leading="standard",
)

_REQUEST = _fields(
    Fact("id", Text(), "The request's number"),
    Fact("received_at", Time(), "When the agency received it"),
    Fact("channel", _ANY, "How it came"),
    Fact("statute_invoked", _ANY, "The law it invokes"),
    Fact("requester_role", words.REQUESTER, "In which role the requester asks"),
    Fact("identity_verified", YesNo(), "Whether the requester is who he says"),
    Fact("authorisation_doc", Text(), "The paper that lets him act for another"),
    Fact("requester_was_witness", YesNo(), "Whether the requester witnessed the incident"),
    Fact("has_date_time", YesNo(), "Whether it names date and approximate time"),
    Fact("has_specific_location", YesNo(), "Whether it names the place"),
    Fact("has_subject_name", YesNo(), "Whether it names a person who was involved"),
    Fact("has_case_number", YesNo(), "Whether it names the incident or case number"),
    Fact("has_officer_id", YesNo(), "Whether it names an officer who was involved"),
    Fact("incident_count", Number("incidents"), "How many incidents it covers"),
    Fact("hours_requested", Number("hours"), "How many hours of footage it covers"),
    Fact("same_requester_24h_count", Number("requests"), "Requests of this person in 24 hours"),
)

_KIN = _fields(
    Fact("relation", _ANY, "How the person is related"),
    Fact("contacted_at", Time(), "When the family was told"),
    Fact("decision", words.KIN_DECISION, "What the family says to release"),
)

_CONSENT = _fields(
    Fact("public_release", words.CONSENT, "Consent to public release"), leading="public_release"
)

_PERSON = _fields(
    Fact("id", Text(), "A label by which segments name the person"),
    Fact("role", Words(words.PERSON), "In which roles the person appears"),
    Fact("consent", _CONSENT, "What the person, or who speaks for him, consents to"),
    Fact("consent_by", _ANY, "Who consented"),
    Fact("waiver_of_privacy", YesNo(), "Whether the person waived his privacy in writing"),
    Fact("age_known", Age(), "Age in years, or whether it is known"),
    Fact("deceased", YesNo(), "Whether the person is dead"),
    Fact("nok", Register(_KIN), "Next of kin"),
)

_SEGMENT = _fields(
    Fact("id", Text(), "A label"),
    Fact("t0", Number("seconds"), "Start"),
    Fact("t1", Number("seconds"), "End"),
    Fact("track", Words(words.TRACK), "In picture, sound, overlay or metadata"),
    Fact("elements", Words(words.ELEMENT), "What is seen or heard"),
    Fact("detected_by", _ANY, "Who or what found it"),
    Fact("confirmed_by", _ANY, "Which person confirmed it"),
    Fact("person", Text(), "The label of the person it shows"),
    Fact("legit_public_concern", YesNo(), "A person's judgement: of legitimate public concern"),
    Fact("highly_offensive", YesNo(), "A person's judgement: highly offensive to disclose"),
)

_RECORDING = _fields(
    Fact("id", Text(), "The recording's number"),
    Fact("officer_id", Text(), "Whose camera"),
    Fact("device_id", Text(), "Which camera"),
    Fact("created_at", Time(), "When it was made"),
    Fact("start", Time(), "When it starts"),
    Fact("end", Time(), "When it ends"),
    Fact("prebuffer_s", Number("seconds"), "Seconds before activation"),
    Fact("prebuffer_has_audio", YesNo(), "Whether they have sound"),
    Fact("category", _ANY, "The category it is kept under"),
    Fact("case_number", Text(), "The case it is filed under"),
    Fact("imported_at", Time(), "When it was stored"),
    Fact("sha256", Text(), "The hash of the original"),
    Fact("edited", YesNo(), "Never true of an original"),
)

_HOLD = _fields(
    Fact("kind", words.HOLD, "Why it must stay"),
    Fact("from", Time(), "Since when"),
    Fact("until", Time(), "Until when, if it ends by itself"),
    Fact("ordered_by", _ANY, "Who ordered it"),
    leading="kind",
)

_ORDER = _fields(
    Fact("court", Text(), "Which court"),
    Fact("kind", words.ORDER, "What it orders"),
    Fact("scope", Text(), "Of what"),
    Fact("from", Time(), "Since when"),
    Fact("until", Time(), "Until when, if it ends"),
)

_NOTICE = _fields(
    Fact("type", _ANY, "What was told or offered"),
    Fact("to", _ANY, "To whom"),
    Fact("sent_at", Time(), "When"),
    Fact("content_ref", Text(), "Where the text is kept"),
    Fact("acknowledged_at", Time(), "When it was acknowledged"),
)

_EVENT = _fields(
    Fact("id", Text(), "The call's number"),
    Fact("type", _ANY, "What kind of call"),
    Fact("priority", Number(), "Its priority"),
    Fact("officer_id", Text(), "Which officer"),
    Fact("dispatched", Time(), "When sent"),
    Fact("arrived", Time(), "When on the scene"),
    Fact("cleared", Time(), "When done"),
    Fact("cancelled", YesNo(), "Whether it was cancelled"),
    Fact("test", YesNo(), "Whether it was a test"),
    Fact("source", _ANY, "Where the entry comes from"),
)

_EXCEPTION = _fields(
    Fact("officer", Text(), "Which officer"),
    Fact("reason_code", words.READY_REASON, "The reason given"),
    Fact("spoken_on_record", YesNo(), "Whether it was said on the recording"),
    Fact("approved_by", _ANY, "Who approved it"),
)

_SHIFT = _fields(
    Fact("officer", Text(), "Which officer"),
    Fact("start", Time(), "From"),
    Fact("end", Time(), "To"),
)

_FAULT = _fields(
    Fact("device_id", Text(), "Which camera"),
    Fact("from", Time(), "From"),
    Fact("until", Time(), "To"),
    Fact("kind", _ANY, "What failed"),
)

_FLAG = _fields(
    Fact("reason", words.FLAG_REASON, "Why it is flagged"),
    Fact("flagged_at", Time(), "When"),
    Fact("by", _ANY, "By whom"),
    leading="reason",
)

_SUSTAINED = _fields(
    Fact("type", words.FINDING, "What was found"), Fact("at", Time(), "When"), leading="type"
)

_VERSION = _fields(
    Fact("event", Text(), "In force at the event"),
    Fact("decision", Text(), "In force at the decision"),
    leading="decision",
)


def _top(*facts: Fact) -> Mapping[str, Fact]:
    return {fact.name: fact for fact in facts}


def _asked(name: str, kind: Kind, about: str, role: str) -> Fact:
    return Fact(name, kind, about, role, Absent.ASK)


def _known(name: str, about: str) -> Fact:
    """When an incident was known: never before it happened."""
    return Fact(name, Time(), about, "investigator", not_before="incident_at")


FACTS: Final[Mapping[str, Fact]] = _top(
    Fact("jurisdiction_ids", Words(_ANY), "The jurisdictions concerned"),
    Fact("policy_version", _VERSION, "Versions in force at event and decision"),
    Fact("now", Time(), "The moment of decision, when the command does not give it"),
    _asked("incident_at", Time(), "When it happened", "investigator"),
    _known("agency_knew_at", "When the agency knew of it"),
    _known("agency_should_have_known_at", "When it should have known"),
    _asked("incident_types", Words(words.INCIDENT_TYPES), "What kind of incident", "investigator"),
    _asked("injury_level", words.INJURY, "The gravest injury", "investigator"),
    Fact("injury_caused_by_officer", YesNo(), "Whether an officer caused it", "investigator"),
    Fact("shot_hit_or_could_hit_person", YesNo(), "Whether a shot hit or could", "investigator"),
    Fact("other_agency_involved", Words(words.AGENCY), "Which others took part", "investigator"),
    Fact(
        "custody_death_misconduct_indicator",
        YesNo(),
        "Preliminary evidence of misconduct, force or self-harm in a custody death",
        "investigator",
    ),
    Fact("location_kind", Words(words.PLACE), "What kind of place", "reviewer"),
    Fact(
        "reasonable_expectation_of_privacy",
        YesNo(),
        "A person's judgement: the subject could expect privacy",
        "privacy_counsel",
    ),
    Fact("is_first_amendment_assembly", YesNo(), "Whether it is an assembly", "supervisor"),
    Fact("offence_class", words.OFFENCE, "The gravest offence", "records_officer"),
    Fact("arrest_made", YesNo(), "Whether anyone was arrested", "records_officer"),
    Fact("complaints", Register(_COMPLAINT), "Complaints about the incident", "oversight"),
    Fact("sustained_findings", Register(_SUSTAINED), "Findings against officers", "oversight"),
    Fact("flags", Register(_FLAG), "Flags on the recording", "records_officer"),
    Fact("criminal_inv_status", _STATUS, "The criminal investigation", "prosecutor"),
    Fact("admin_inv_status", _STATUS, "The administrative investigation", "oversight"),
    Fact("all_criminal_final", YesNo(), "All criminal matters finally adjudicated", "prosecutor"),
    Fact(
        "initial_investigation_substantially_complete_at",
        Time(),
        "When the first investigation was substantially complete",
        "investigator",
    ),
    Fact("charges_filed_at", Time(), "When charges were filed", "prosecutor"),
    Fact("verdict_at", Time(), "When the verdict fell", "prosecutor"),
    Fact("counsel_appeared_or_pro_se_at", Time(), "When counsel came or was waived", "prosecutor"),
    Fact("evidence_in_prosecution", YesNo(), "Is or could be evidence", "prosecutor"),
    Fact(
        "interference_claim",
        Register(_CLAIM),
        "A written claim that release would interfere with an investigation",
        "prosecutor",
    ),
    Fact("request", _REQUEST, "The request for the recording"),
    Fact("fee_estimate_sent_at", Time(), "When the fee was quoted"),
    Fact("fee_paid_at", Time(), "When it was paid"),
    Fact("fee_rate_per_staff_minute", Number("dollars"), "The rate the agency adopted"),
    Fact("staff_minutes", Number("minutes"), "Minutes of staff work on redaction"),
    Fact("clarification_asked_at", Time(), "When the requester was asked to clarify"),
    Fact("clarification_answered_at", Time(), "When he did"),
    Fact("persons", Register(_PERSON), "People on the recording", "reviewer"),
    Fact("segments", Register(_SEGMENT), "What is seen and heard where", "reviewer"),
    Fact("redaction_adequate", YesNo(), "Redaction can protect the interest", "reviewer"),
    Fact("comprehension_preserved", YesNo(), "Events stay understandable", "reviewer"),
    Fact("render_irreversible", YesNo(), "What is hidden cannot be brought back", "reviewer"),
    Fact("original_hash_ok", YesNo(), "The original matches its hash", "records_officer"),
    Fact("recording", _RECORDING, "The recording"),
    Fact("is_law_enforcement_activity", YesNo(), "Records law-enforcement activity"),
    Fact("holds", Register(_HOLD), "Holds on the recording"),
    Fact("orders", Register(_ORDER), "Court orders", "legal_counsel"),
    Fact("notices", Register(_NOTICE), "Notices given and offers made"),
    Fact("events", Register(_EVENT), "Calls as dispatch knows them", "supervisor"),
    Fact("exceptions_claimed", Register(_EXCEPTION), "Reasons not to record", "supervisor"),
    Fact("shift", Register(_SHIFT), "Shifts", "supervisor"),
    Fact("camera_assigned", YesNo(), "Whether the officer has a camera", "supervisor"),
    Fact("device_faults", Register(_FAULT), "Known faults of cameras", "supervisor"),
    Fact(
        "furthers_law_enforcement_purpose",
        YesNo(),
        "A written finding that release furthers a law enforcement purpose",
        "chief",
    ),
    Fact(
        "substantially_interferes",
        YesNo(),
        "A person's judgement: release would substantially interfere with an investigation",
        "prosecutor",
    ),
    Fact("public_interest_found", YesNo(), "A written finding of public interest", "chief"),
    Fact(
        "privacy_outweighs_disclosure",
        YesNo(),
        "A person's judgement: privacy clearly outweighs disclosure",
        "privacy_counsel",
    ),
    Fact("highly_offensive", YesNo(), "A person's judgement: highly offensive", "privacy_counsel"),
    Fact(
        "clearly_offensive",
        YesNo(),
        "A person's judgement: clearly offensive to common sensibilities",
        "privacy_counsel",
    ),
    Fact(
        "legit_public_concern",
        YesNo(),
        "A person's judgement: of legitimate public concern",
        "privacy_counsel",
    ),
    Fact("disclosure_denied_at", Time(), "When the agency refused", "records_officer"),
    Fact("last_audit_at", Time(), "When the last audit of the program ended", "auditor"),
    Fact("camera_off_asked_by", Words(words.PERSON), "Who asks to stop recording", "supervisor"),
    Fact("force_expected", YesNo(), "Whether force is anticipated", "supervisor"),
)

ALIASES: Final[Mapping[str, str]] = {
    "request.fee_estimate_sent_at": "fee_estimate_sent_at",
    "request.fee_paid_at": "fee_paid_at",
    "request.clarification_asked_at": "clarification_asked_at",
    "request.clarification_answered_at": "clarification_answered_at",
    "clarification_asked_at/answered_at": "clarification_asked_at",
    "furthers_a_law_enforcement_purpose": "furthers_law_enforcement_purpose",
    "clearly_outweighs": "privacy_outweighs_disclosure",
    "interest_clearly_outweighs": "privacy_outweighs_disclosure",
    "clearly_offensive_to_common_sensibilities": "clearly_offensive",
    "substantially_interfere": "substantially_interferes",
    "comprehend_the_events": "comprehension_preserved",
    "sustained_finding": "sustained_findings",
    "interference_claims": "interference_claim",
    "shifts": "shift",
}
"""Other spellings that fact files use."""
