"""Random draws that anyone can make again, and how far two reviewers agree. Pure.

In each stratum the officer-calls are ordered by sha256 of `seed|stratum|call|badge` and the first
are taken: with the seed and the list, a draw can be checked with any tool. Every stratum gets its
share of the draw, and a few at least, so that rare kinds of calls are looked at.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bwc.canonical import Json, JsonObject, digest
from bwc.coverage.assemblies import ASSEMBLY_WORDS, is_assembly
from bwc.coverage.rates import rounded
from bwc.errors import InvalidInput
from bwc.ids import Sha256

ASSEMBLY = "assembly"
NO_VIDEO = "no video"
WITH_VIDEO = "with video"
FEWEST_OF_EACH = 2  # of every stratum, where it holds so many


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """One officer-call that can be drawn."""

    call: str
    badge: str
    stratum: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two reviewers of the same draws agree: Cohen's kappa (Cohen 1960) of `n` pairs.

    `kappa` is None where chance alone would always agree, or nothing was reviewed twice.
    """

    n: int
    same: int
    kappa: float | None

    def document(self) -> JsonObject:
        """As JSON."""
        return {"n": self.n, "same": self.same, "kappa": rounded(self.kappa)}


def stratum_of(
    call_type: str, *, seconds_recorded: float, words: Iterable[str] = ASSEMBLY_WORDS
) -> str:
    """The stratum of an officer-call; `words` are those of assemblies.

    >>> stratum_of("Protest march", seconds_recorded=0), stratum_of("alarm", seconds_recorded=0)
    ('assembly', 'no video')
    """
    if is_assembly(call_type, words):
        return ASSEMBLY
    return WITH_VIDEO if seconds_recorded else NO_VIDEO


def frame_document(frame: Iterable[Candidate]) -> Json:
    """The list that was drawn from, in an order that no reading of the catalog can change."""
    return [[one.call, one.badge, one.stratum] for one in sorted(frame)]


def read_frame_document(document: Sequence[Sequence[str]]) -> list[Candidate]:
    """The list that a document holds."""
    return [Candidate(call, badge, stratum) for call, badge, stratum in document]


def frame_digest(frame: Iterable[Candidate]) -> Sha256:
    """sha256 of the list that was drawn from."""
    return digest(frame_document(frame))


def draw(frame: Sequence[Candidate], *, size: int, seed: str) -> list[Candidate]:
    """`size` officer-calls of the frame (all where there are fewer), by stratum and rank.

    Raises:
        InvalidInput: nothing to draw.
    """
    if size < 1 or not seed:
        raise InvalidInput("a draw needs a size and a seed", got=f"{size}, {seed!r}")
    strata: dict[str, list[Candidate]] = {}
    for one in frame:
        strata.setdefault(one.stratum, []).append(one)
    counts = shares({name: len(found) for name, found in strata.items()}, size)
    return [
        one
        for name in sorted(strata)
        for one in sorted(strata[name], key=lambda one: _rank(one, seed))[: counts[name]]
    ]


def shares(held: Mapping[str, int], size: int) -> dict[str, int]:
    """How many are drawn of each stratum: a few of each, the rest in proportion (D'Hondt).

    >>> shares({"assembly": 3, "no video": 100, "with video": 900}, 50)
    {'assembly': 2, 'no video': 4, 'with video': 44}
    """
    size = min(size, sum(held.values()))
    counts = dict.fromkeys(sorted(held), 0)
    for _ in range(FEWEST_OF_EACH):
        for name in counts:
            if sum(counts.values()) < size and counts[name] < held[name]:
                counts[name] += 1
    while sum(counts.values()) < size:
        name = max(
            (name for name in counts if counts[name] < held[name]),
            key=lambda name: (held[name] / (counts[name] + 1), name),
        )
        counts[name] += 1
    return counts


def agreement(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Cohen's kappa of two reviewers' answers.

    >>> agreement([("yes", "yes"), ("yes", "no"), ("no", "no"), ("no", "no")])
    Agreement(n=4, same=3, kappa=0.5)
    """
    n, same = len(pairs), sum(one == other for one, other in pairs)
    if not n:
        return Agreement(0, 0, None)
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    by_chance = sum(first[word] * second[word] for word in first) / n**2
    if by_chance == 1:
        return Agreement(n, same, None)
    return Agreement(n, same, (same / n - by_chance) / (1 - by_chance))


def _rank(one: Candidate, seed: str) -> str:
    """Where it stands in the order that the seed makes."""
    return hashlib.sha256(f"{seed}|{one.stratum}|{one.call}|{one.badge}".encode()).hexdigest()
