"""What a pack file may say: strict, every key known, so that a typo is an error and not a rule.

These models describe the text; `bwc.policy.build` turns them into rules that can be tested.
`bwc policy schema` prints them as JSON Schema for editors.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from bwc.policy.lengths import Roll, Unit

Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
Line: TypeAlias = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Strict(BaseModel):
    """An unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Modality(StrEnum):
    """The agency's duty to disclose to the audience."""

    MUST = "MUST"
    MAY = "MAY"
    MUST_NOT = "MUST_NOT"


class Outcome(StrEnum):
    """What becomes of the recordings."""

    RELEASE = "RELEASE"
    RELEASE_REDACTED = "RELEASE_REDACTED"
    VIEW_ONLY = "VIEW_ONLY"
    INSPECT_ON_SITE = "INSPECT_ON_SITE"
    DELAY = "DELAY"
    WITHHOLD_PORTION = "WITHHOLD_PORTION"
    WITHHOLD = "WITHHOLD"
    NOT_A_VALID_REQUEST = "NOT_A_VALID_REQUEST"
    REFER_COURT = "REFER_COURT"
    REFER_HUMAN = "REFER_HUMAN"
    NO_RULE = "NO_RULE"


class Duty(StrEnum):
    """What a decision may oblige someone to."""

    REDACT = "REDACT"
    DO_NOT_REDACT = "DO_NOT_REDACT"
    PRESERVE_ORIGINAL = "PRESERVE_ORIGINAL"
    HASH = "HASH"
    HOLD = "HOLD"
    DELETE_AFTER = "DELETE_AFTER"
    DELETE_BY = "DELETE_BY"
    NOTIFY = "NOTIFY"
    OFFER_VIEWING = "OFFER_VIEWING"
    CONSULT = "CONSULT"
    OBTAIN_WRITTEN_CONSENT = "OBTAIN_WRITTEN_CONSENT"
    WRITE_BASIS = "WRITE_BASIS"
    ESTIMATE_DATE = "ESTIMATE_DATE"
    REASSESS_EVERY = "REASSESS_EVERY"
    PUBLISH_EXPLANATION = "PUBLISH_EXPLANATION"
    REQUEST_AG_RULING = "REQUEST_AG_RULING"
    FILE_PETITION = "FILE_PETITION"
    ACKNOWLEDGE_REQUEST = "ACKNOWLEDGE_REQUEST"
    EXEMPTION_LOG = "EXEMPTION_LOG"
    CHARGE_FEE = "CHARGE_FEE"
    NO_FEE = "NO_FEE"
    CAPTION = "CAPTION"
    AUDIO_DESCRIBE = "AUDIO_DESCRIBE"
    LOG_ACCESS = "LOG_ACCESS"
    FLAG = "FLAG"
    REPORT = "REPORT"
    DISCIPLINE_REFERRAL = "DISCIPLINE_REFERRAL"
    INFERENCE_NOTE = "INFERENCE_NOTE"
    NEED_FACT = "NEED_FACT"


class Authority(StrEnum):
    """Who made a rule, from the highest down."""

    INTEGRITY = "integrity"
    COURT_ORDER = "court_order"
    FEDERAL = "federal"
    STATE_STATUTE = "state_statute"
    STATE_REGULATION = "state_regulation"
    AG_DIRECTIVE = "ag_directive"
    CITY = "city"
    AGENCY = "agency"
    MODEL = "model"


class CameraDuty(StrEnum):
    """What an officer must do with the camera."""

    MUST_RUN = "MUST_RUN"
    MAY_OFF = "MAY_OFF"
    MUST_OFF = "MUST_OFF"


class LengthText(Strict):
    """So many of a unit."""

    amount: int
    unit: Unit


class EntriesText(Strict):
    """A field of those entries of a register that fit."""

    of: Line
    field: Line
    where: JsonValue = None


SourceText: TypeAlias = str | EntriesText


class AnchorText(Strict):
    """One of several events."""

    earliest: list[SourceText] | None = None
    latest: list[SourceText] | None = None
    first: list[SourceText] | None = None

    @model_validator(mode="after")
    def _one_choice(self) -> Self:
        given = [item for item in (self.earliest, self.latest, self.first) if item]
        if len(given) != 1:
            raise ValueError("give exactly one of earliest, latest, first")
        return self


class TollText(Strict):
    """An interval in which the clock stands still."""

    name: Line
    start: SourceText
    end: SourceText


class ExtensionText(Strict):
    """More time: who may take it, why, to what standard, how much and how often.

    `asked_at` is the field of the counted entries that says when each was asked for.
    """

    amount: int
    unit: Unit
    granted_by: Line
    ground: Line
    when: JsonValue
    count: JsonValue = None
    asked_at: Line | None = None
    max_count: int | None = Field(1, ge=1)
    standard: Line | None = None
    written: bool = True
    notice_to: str | None = None
    renew_every: LengthText | None = None


class ClockText(Strict):
    """From an event, so long."""

    after: SourceText | AnchorText
    amount: int = 0
    unit: Unit = Unit.CALENDAR_DAYS
    roll: Roll = Roll.NONE
    count_first_day: bool = False
    tolls: list[TollText] = []
    extensions: list[ExtensionText] = []
    cap: "str | ClockText | None" = None


ClockRef: TypeAlias = str | ClockText


class FeeText(Strict):
    """A fee as a rate times a number of minutes, both facts."""

    rate: Line
    minutes: Line


class ObligationText(Strict):
    """One thing the decision demands."""

    kind: Duty
    to: str | None = None
    owner: str | None = None
    element: str | None = None
    elements: list[str] | None = None
    each: Literal["persons", "segments"] | None = None
    where: JsonValue = None
    when: JsonValue = None
    due: ClockRef | None = None
    lead: LengthText | None = None
    met_by: JsonValue = None
    every: LengthText | None = None
    counted_from: ClockRef | None = None
    method: str | None = None
    protected: bool = False
    blocks_release: bool | None = None
    fee: FeeText | None = None
    text: str | None = None

    @model_validator(mode="after")
    def _recurs_forwards(self) -> Self:
        if self.every is not None and self.every.amount < 1:
            raise ValueError("a duty recurs after 1 of a unit or more")
        return self


class MissingText(Strict):
    """One thing a valid request must contain: the fact that says so, and its name."""

    fact: Line
    name: Line


class ThenText(Strict):
    """What follows when a rule holds."""

    modality: Modality | None = None
    outcome: Outcome | None = None
    due: ClockRef | None = None
    until: ClockRef | None = None
    renew_every: LengthText | None = None
    discretion: str | None = None
    question: str | None = None
    role: str | None = None
    missing: list[MissingText] = []
    obligations: list[ObligationText] = []
    keep: ClockRef | None = None
    keep_while: str | None = None
    delete_by: ClockRef | None = None
    keep_metadata: ClockRef | None = None
    destroy: bool = False
    camera: CameraDuty | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.outcome is Outcome.REFER_HUMAN and not (self.question and self.role):
            raise ValueError("REFER_HUMAN needs a question and a role")
        needs_modality = self.outcome not in (
            None,
            Outcome.REFER_HUMAN,
            Outcome.NOT_A_VALID_REQUEST,
        )
        if needs_modality and self.modality is None:
            raise ValueError(f"{self.outcome} needs a modality")
        if self.modality is Modality.MAY and not self.discretion:
            raise ValueError("MAY needs a discretion: the office that decides")
        return self


class EffectiveText(Strict):
    """When a rule is law; an end is the first day on which it is law no more."""

    since: date | None = Field(None, alias="from")
    until: date | None = Field(None, alias="to")


class ContestedText(Strict):
    """Unsettled law: the question, which reading this rule is, and the case."""

    question: Name
    reading: Name
    case: Line


class RuleText(Strict):
    """One rule."""

    id: Name
    title: Line
    citation: Line
    source: list[Line] = Field(min_length=1)
    read_on: date
    basis: Literal["found", "partly", "memory", "design"]
    status: Literal["draft", "verified"]
    verified_by: str | None = None
    verified_on: date | None = None
    to_verify: str | None = None
    effective: EffectiveText = EffectiveText.model_validate({})
    authority: Authority | None = None
    audience: list[str] | Literal["anyone"] = "anyone"
    when: JsonValue
    then: ThenText
    overrides: list[Name] = []
    notwithstanding: bool = False
    topic: Name | None = None
    contested: ContestedText | None = None

    @model_validator(mode="after")
    def _verified_by_someone(self) -> Self:
        if self.status == "verified" and not (self.verified_by and self.verified_on):
            raise ValueError("verified needs verified_by and verified_on")
        if self.basis == "memory" and self.status != "draft":
            raise ValueError("a rule from memory is a draft")
        return self


class RulesText(Strict):
    """A file of rules."""

    rules: list[RuleText]


class CalendarText(Strict):
    """Which days are worked."""

    country: str = "US"
    subdivision: str | None = None
    observed: bool = True
    extra: list[date] = []
    working: list[date] = []


class ActivationText(Strict):
    """When cameras must run, for the coverage audit."""

    begin: Literal["dispatch", "arrival", "first_contact"] = Field(alias="from")
    end: Literal["clear"] = Field("clear", alias="to")
    buffer_seconds: int = Field(0, ge=0)
    buffer_audio: bool = False
    must: list[Line]
    exempt: list[Line] = []
    failure: str | None = None
    citation: Line
    basis: Literal["found", "partly", "memory", "design"]


class PackText(Strict):
    """The head of a pack: pack.yaml."""

    id: Name
    title: Line
    version: Line
    jurisdiction: Line
    authority: Authority
    base: Name | None = None
    timezone: Line
    calendar: CalendarText = CalendarText()
    need_fact_lead: LengthText = LengthText(amount=2, unit=Unit.BUSINESS_DAYS)
    clocks: dict[Name, ClockText] = {}
    definitions: dict[Name, JsonValue] = {}
    readings: dict[Name, Name] = {}
    activation: ActivationText | None = None
    sources: dict[Line, Line] = {}
    note: str | None = None
