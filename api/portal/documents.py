"""What lies in the public store, as the portal reads it: strict about what it shows."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
SHA256 = r"^[0-9a-f]{64}$"
FileName = Literal[
    "video.mp4", "poster.jpg", "captions.vtt", "decision.json", "certificate.json", "plan.json"
]


class Document(BaseModel):
    """One JSON document of the store; members that the portal does not show are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Incident(Document):
    """When, where and what, no closer than the public may know."""

    date: date
    district: str
    kind: str


class Video(Document):
    """What a player wants to know before it starts."""

    duration_us: int | None = None
    width: int | None = None
    height: int | None = None


class File(Document):
    """One file of a bundle."""

    name: FileName
    sha256: str = Field(pattern=SHA256)
    size: int = Field(ge=0)
    type: str
    crc32: str | None = Field(None, pattern=r"^[0-9a-f]{8}$")


class Rule(Document):
    """A rule as a decision cites it."""

    id: str
    title: str
    citation: str
    source: str | None = None
    status: str
    pack: str | None = None


class Spoken(Document):
    """A decision in the few words of a manifest."""

    modality: str | None
    outcome: str
    sentence: str
    rules: list[Rule]
    draft: list[str] = []


class Custody(Document):
    """The end of the custody chain when the document was written."""

    position: int
    hash: str = Field(pattern=SHA256)


class Manifest(Document):
    """A release: what is in its bundle and why it is public."""

    format: Literal["bwc-release/1"]
    id: str = Field(pattern=f"^{ID}$")
    title: str
    summary: str
    published_at: AwareDatetime
    incident: Incident
    video: Video
    decision: Spoken
    files: list[File]
    custody: Custody

    @model_validator(mode="after")
    def _has_a_film(self) -> Self:
        """A release without its video is none."""
        if self.file("video.mp4") is None:
            raise ValueError("the manifest lists no video.mp4")
        return self

    @property
    def film(self) -> File:
        """The video."""
        return next(file for file in self.files if file.name == "video.mp4")

    def file(self, name: str) -> File | None:
        """The file of that name, if the bundle has it."""
        return next((file for file in self.files if file.name == name), None)


class Tombstone(Document):
    """What is left of a release that was withdrawn."""

    format: Literal["bwc-tombstone/1"]
    id: str = Field(pattern=f"^{ID}$")
    title: str
    published_at: AwareDatetime
    withdrawn_at: AwareDatetime
    reason: str


class Node(Document):
    """One step of a decision's reasoning: what was asked and how it was answered."""

    text: str
    value: str | None = None
    children: list["Node"] = []


class HidingRule(Rule):
    """A rule that orders redaction, and of what; nothing named is everything."""

    elements: list[str] = []


class Decision(Spoken):
    """The public form of a decision, with its tree."""

    decided_at: datetime
    tree: list[Node] = []
    hiding: list[HidingRule] = []
    packs: list[dict[str, str]] = []


class Check(Document):
    """One question that verification asked of the finished file."""

    name: str
    meaning: str | None = None
    result: str


class Certificate(Document):
    """What verification says, as far as the page puts it into words; the rest is shown as it is."""

    verdict: str
    frames: int | None = None
    regions_checked: int | None = None
    hidden_share: float | None = Field(None, ge=0, le=1)
    checks: list[Check] = []


class PackName(Document):
    """One pack in force."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    version: str
    sha256: str = Field(pattern=SHA256)
    rules: int


class PolicyIndex(Document):
    """The packs in force, base first."""

    packs: list[PackName]


class PolicyRule(Rule):
    """A rule in plain words."""

    lines: list[str] = []
    effective_from: str | None = None
    effective_to: str | None = None
    read_on: str | None = None


class PolicyPack(PackName):
    """A pack as text."""

    rules: int = 0
    text: list[PolicyRule]


def day_of(moment: object) -> object:
    """The day of a moment as the rules write it: a date, or a time that begins with its date."""
    return moment[: len("2026-03-01")] if isinstance(moment, str) else moment


class LogEntry(Document):
    """One thing that happened on the public record; an extension is of a rule's clock, not of a release."""

    act: Literal["published", "withdrawn", "extended"]
    at: AwareDatetime
    title: str
    release_id: str | None = Field(None, pattern=f"^{ID}$")
    reason: str | None = None
    manifest_sha256: str | None = None
    rule: str | None = None
    citation: str | None = None
    granted_by: str | None = None
    extensions: int | None = None
    until: Annotated[date, BeforeValidator(day_of)] | None = None


class LogDay(Document):
    """One day of the public log, sealed by the custody chain's end."""

    date: date
    entries: list[LogEntry]
    custody: Custody


class UpcomingCase(Document):
    """A case on the clock, without anything that tells who."""

    due: datetime | None
    reason: str
    waiting_for: str


class Upcoming(Document):
    """What is coming."""

    cases: list[UpcomingCase]


class Figure(Document):
    """A share of the department's coverage with n and a 95 % interval; nothing of few cases."""

    name: str
    suppressed: bool
    n: int | None = None
    share: float | None = Field(None, ge=0, le=1)
    low: float | None = Field(None, ge=0, le=1)
    high: float | None = Field(None, ge=0, le=1)


class CallTypeFigure(Figure):
    """Of the calls of one type, how many have video."""

    name: str = Field(validation_alias="group")


class CoveragePeriod(Document):
    """What the department published of the coverage of some days, the last one included."""

    format: Literal["bwc-coverage/1"]
    since: date
    until: date
    published_at: AwareDatetime
    rule: str
    fewest: int
    figures: list[Figure]
    recorded_share: float | None = None
    excluded: int | None = None
    call_types: list[CallTypeFigure] = []


class Receipt(Document):
    """Where a letter of the public stands."""

    kind: Literal["complaint", "request"]
    number: str
    state: Literal["received", "held", "settled", "in_work", "answered", "closed"]
    received_at: datetime
    outcome: str | None = None


class WithheldRow(Document):
    """How many cases one rule keeps from the public."""

    outcome: str
    cases: int
    rule: str | None = None
    title: str | None = None
    citation: str | None = None
    status: str | None = None


class Withheld(Document):
    """What is withheld, by rule; `as_of` is None where nothing was published yet."""

    as_of: datetime | None = None
    cases: int = 0
    rows: list[WithheldRow] = []
