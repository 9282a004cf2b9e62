"""Rules and packs as values that can be tested; made by `bwc.policy.build`, never by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bwc.canonical import JsonObject
from bwc.ids import Sha256
from bwc.policy.clocks import Clock
from bwc.policy.conditions import Condition, Entries
from bwc.policy.lengths import Length
from bwc.policy.schema import (
    ActivationText,
    Authority,
    CameraDuty,
    Duty,
    FeeText,
    MissingText,
    Modality,
    Outcome,
    PackText,
)
from bwc.policy.scope import Terms
from bwc.policy.vocabulary import GENERAL_PUBLIC

LAYERS = tuple(Authority)
"""From the highest authority to the lowest."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """What a rule demands, before it is applied to a case.

    `each` are the entries it is demanded for, one by one; `lead` is the time it must come before
    release; `met_by` says when it has been done.
    """

    kind: Duty
    to: str | None
    owner: str
    element: str | None
    elements: frozenset[str] | None
    each: Entries | None
    when: Condition | None
    due: Clock | None
    lead: Length | None
    met_by: Condition | None
    every: Length | None
    counted_from: Clock | None
    method: str | None
    is_protected: bool
    blocks_release: bool
    fee: FeeText | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Then:
    """What follows when a rule holds."""

    modality: Modality | None
    outcome: Outcome | None
    due: Clock | None
    until: Clock | None
    renew_every: Length | None
    discretion: str | None
    question: str | None
    role: str | None
    missing: tuple[MissingText, ...]
    obligations: tuple[Obligation, ...]
    keep: Clock | None
    keep_while: str | None
    delete_by: Clock | None
    keep_metadata: Clock | None
    destroy: bool
    camera: CameraDuty | None

    @property
    def is_retention(self) -> bool:
        """Whether the rule speaks of keeping and destroying."""
        named = (self.keep, self.keep_while, self.delete_by, self.keep_metadata)
        return self.destroy or any(named)


@dataclass(frozen=True, slots=True)
class Contested:
    """Unsettled law: the question, which reading a rule is, and the case."""

    question: str
    reading: str
    case: str


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule of one pack; it is itself alone, so that it can be looked up fast.

    It is law from `since` up to but without `until`; where one is empty, without limit.
    """

    id: str
    pack: str
    title: str
    citation: str
    source: tuple[str, ...]
    read_on: date
    basis: str
    status: Literal["draft", "verified"]
    verified_by: str | None
    verified_on: date | None
    to_verify: str | None
    since: date | None
    until: date | None
    authority: Authority
    audience: frozenset[str] | None
    when: Condition
    then: Then
    overrides: frozenset[str]
    is_notwithstanding: bool
    topic: str | None
    contested: Contested | None
    terms: Terms
    is_of_release: bool = field(init=False)
    """Whether it speaks of release: not only of keeping, destroying or the camera."""
    layer: int = field(init=False)
    """Its authority as a number; 0 is the highest."""

    def __post_init__(self) -> None:
        """Work out once what is asked of every rule in every case."""
        then = self.then
        is_elsewhere = then.is_retention or then.camera is not None
        is_of_release = not is_elsewhere or then.outcome is not None or bool(then.obligations)
        object.__setattr__(self, "is_of_release", is_of_release)
        object.__setattr__(self, "layer", LAYERS.index(self.authority))

    def speaks_of(self, audience: str) -> bool:
        """Whether the rule is about this audience; none named means anyone."""
        return self.audience is None or audience in self.audience

    def in_force_on(self, day: date) -> bool:
        """Whether the rule is law on `day`."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day < self.until
        )


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack: its head, its terms, its rules, and the hash of its text."""

    id: str
    title: str
    version: str
    base: str | None
    sha256: Sha256
    head: PackText
    terms: Terms
    rules: tuple[Rule, ...]

    @property
    def activation(self) -> ActivationText | None:
        """When cameras must run, if the pack says."""
        return self.head.activation


@dataclass(frozen=True, slots=True)
class Packs:
    """The packs in force together, bases first; `rules` are theirs, in the same order."""

    packs: tuple[Pack, ...]
    rules: tuple[Rule, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Gather the rules once; they are asked for with every case."""
        rules = tuple(rule for pack in self.packs for rule in pack.rules)
        object.__setattr__(self, "rules", rules)

    @property
    def readings(self) -> Mapping[str, str]:
        """Which reading of each contested question is chosen; a later pack decides."""
        chosen: dict[str, str] = {}
        for pack in self.packs:
            chosen.update(pack.head.readings)
        return chosen

    @property
    def activation(self) -> JsonObject | None:
        """When cameras must run, by the last pack that says: its id, its version, its text."""
        stated: list[JsonObject] = [
            {
                "pack": pack.id,
                "version": pack.version,
                "text": pack.activation.model_dump(mode="json", by_alias=True),
            }
            for pack in self.packs
            if pack.activation
        ]
        return stated[-1] if stated else None


def audience_of(named: list[str] | Literal["anyone"]) -> frozenset[str] | None:
    """The audiences a rule names; `public` is everybody whose right is everybody's right."""
    if named == "anyone":
        return None
    names = set(named)
    return frozenset(names | GENERAL_PUBLIC if "public" in names else names)
