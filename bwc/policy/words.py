"""The closed word lists of the facts: incident types, injuries, roles, elements and the rest.

A list that law or practice extends from place to place is open: its words are examples.
"""

from typing import Final

from bwc.policy.kinds import Word

INCIDENT_TYPES: Final = Word(
    (
        "firearm_discharge_at_person",
        "firearm_discharge_other",
        "firearm_discharge_notice_required",
        "officer_involved_death",
        "in_custody_death",
        "uof_serious",
        "uof_other",
        "taser",
        "vehicle_pursuit",
        "other",
    )
)

INJURY: Final = Word(
    (
        "none",
        "minor",
        "substantial_bodily_harm",
        "great_or_serious_bodily_injury",
        "hospitalised",
        "death",
    ),
    ranked=True,
    aliases={
        "hospitalized": "hospitalised",
        "great_bodily_harm": "great_or_serious_bodily_injury",
        "great_bodily_injury": "great_or_serious_bodily_injury",
        "serious_bodily_injury": "great_or_serious_bodily_injury",
    },
)

PLACE: Final = Word(
    (
        "private_residence",
        "health",
        "mental_health",
        "social_service",
        "dv_program",
        "school",
        "worship",
        "court",
        "custody_facility",
        "street",
        "vehicle",
        "private_space_other",
        "other",
    )
)

OFFENCE: Final = Word(
    ("none", "fine_only_misdemeanor", "minor_traffic", "misdemeanor", "felony", "other"),
    closed=False,
)

AGENCY: Final = Word(
    ("federal", "state", "county", "city"), closed=False, aliases={"true": "other"}
)

COMPLAINANT: Final = Word(
    ("officer", "civilian", "nonprofit", "subject", "anonymous", "third_party"), closed=False
)

FLAG_REASON: Final = Word(
    (
        "complaint",
        "firearm_discharge",
        "use_of_force",
        "arrest_or_detention",
        "death_or_bodily_harm",
        "internal_investigation",
        "evidentiary_value",
        "officer_request",
    ),
    closed=False,
    aliases={
        "formal_complaint": "complaint",
        "informal_complaint": "complaint",
        "complaint_filed": "complaint",
        "misconduct_complaint": "complaint",
        "firearm": "firearm_discharge",
        "discharge": "firearm_discharge",
        "shooting": "firearm_discharge",
        "firearm_discharge_at_person": "firearm_discharge",
        "firearm_discharge_other": "firearm_discharge",
        "force": "use_of_force",
        "uof": "use_of_force",
        "uof_other": "use_of_force",
        "uof_serious": "use_of_force",
        "arrest": "arrest_or_detention",
        "detention": "arrest_or_detention",
        "arrest_detention": "arrest_or_detention",
        "arrest/detention": "arrest_or_detention",
        "detention_or_arrest": "arrest_or_detention",
        "detention_arrest": "arrest_or_detention",
        "death": "death_or_bodily_harm",
        "bodily_harm": "death_or_bodily_harm",
        "great_bodily_harm": "death_or_bodily_harm",
        "gbh": "death_or_bodily_harm",
        "injury": "death_or_bodily_harm",
        "death_bodily_harm": "death_or_bodily_harm",
        "death/bodily_harm": "death_or_bodily_harm",
        "death_or_great_bodily_harm": "death_or_bodily_harm",
        "internal_inv": "internal_investigation",
        "evidence": "evidentiary_value",
        "evidentiary": "evidentiary_value",
        "prosecutor_evidentiary_value": "evidentiary_value",
        "evidentiary_value_prosecutor": "evidentiary_value",
    },
)

FINDING: Final = Word(
    (
        "sexual_assault",
        "dishonesty",
        "excessive_force",
        "failure_to_intervene",
        "prejudice_or_discrimination",
        "unlawful_arrest_or_search",
    ),
    closed=False,
    aliases={
        "unreasonable_force": "excessive_force",
        "prejudice": "prejudice_or_discrimination",
        "discrimination": "prejudice_or_discrimination",
        "bias": "prejudice_or_discrimination",
        "unlawful_arrest": "unlawful_arrest_or_search",
        "unlawful_search": "unlawful_arrest_or_search",
    },
)

INVESTIGATION: Final = Word(("none", "active", "inactive", "concluded"))

CLAIMANT: Final = Word(
    ("prosecutor", "chief", "agency", "law_enforcement_agency", "copa"),
    closed=False,
    aliases={
        "district_attorney": "prosecutor",
        "da": "prosecutor",
        "states_attorney": "prosecutor",
        "state's_attorney": "prosecutor",
        "state_attorney": "prosecutor",
        "county_prosecutor": "prosecutor",
        "county_attorney": "prosecutor",
        "prosecuting_attorney": "prosecutor",
        "chief_of_police": "chief",
        "chief_law_enforcement_officer": "chief",
    },
)

STANDARD: Final = Word(
    ("asserted", "demonstrated", "clear_and_convincing"),
    ranked=True,
    aliases={"clear_and_convincing_evidence": "clear_and_convincing"},
)

REQUESTER: Final = Word(
    (
        "public",
        "press",
        "subject",
        "subject_attorney",
        "parent_guardian",
        "next_of_kin",
        "personal_representative",
        "officer",
        "officer_rep",
        "prosecutor",
        "defence",
        "oversight",
        "council_chair",
        "other_agency",
        "resident_of_residence",
        "commercial",
    ),
    aliases={"defense": "defence"},
)

PERSON: Final = Word(
    (
        "officer",
        "undercover",
        "government_employee",
        "subject",
        "arrestee",
        "victim",
        "victim_sa",
        "victim_dv",
        "witness",
        "informant",
        "minor",
        "bystander",
        "medical_patient",
        "decedent",
    )
)

CONSENT: Final = Word(
    ("granted", "refused", "none"),
    aliases={"true": "granted", "false": "refused", "yes": "granted", "no": "refused"},
)

KIN_DECISION: Final = Word(
    ("consents", "refuses", "undecided"),
    aliases={
        "consent": "consents",
        "consented": "consents",
        "granted": "consents",
        "grants": "consents",
        "approves": "consents",
        "approved": "consents",
        "agrees": "consents",
        "yes": "consents",
        "true": "consents",
        "no_objection": "consents",
        "refuse": "refuses",
        "refused": "refuses",
        "objects": "refuses",
        "object": "refuses",
        "objected": "refuses",
        "veto": "refuses",
        "vetoes": "refuses",
        "denies": "refuses",
        "denied": "refuses",
        "declines": "refuses",
        "no": "refuses",
        "false": "refuses",
        "none": "undecided",
        "pending": "undecided",
    },
)

TRACK: Final = Word(("video", "audio", "overlay", "metadata"))

ELEMENT: Final = Word(
    (
        "face",
        "voice",
        "nudity",
        "intimate_image",
        "sexual_assault_content",
        "medical",
        "phi",
        "body_of_deceased",
        "gruesome_injury",
        "home_interior",
        "plate",
        "address",
        "dob",
        "ssn",
        "gov_id",
        "financial",
        "phone",
        "name",
        "mdt_screen",
        "informant_identity",
        "undercover_identity",
        "victim_interview",
        "dv_location",
    )
)

HOLD: Final = Word(
    (
        "litigation",
        "foia_pending",
        "criminal",
        "admin",
        "appeal",
        "subject_request",
        "oversight",
        "supervisor",
    )
)

ORDER: Final = Word(
    ("release", "seal", "delay", "protective", "destroy"),
    aliases={
        "stay": "delay",
        "injunction": "delay",
        "sealing": "seal",
        "protective_order": "protective",
        "destruction": "destroy",
    },
)

READY_REASON: Final = Word(("malfunction", "safety", "privacy", "undercover"), closed=False)
