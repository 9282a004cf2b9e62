"""Comparison that does not mistake an easy beat for good practice. Pure.

*Adjusted for call mix* is direct standardisation: each group's share within every type of call,
weighed by how common that type is in the whole department. It says what a group's share would be
if all groups had the same calls. Types that a group never had are left out and the weight that
remains is shown; an interval follows from the variances of the strata (normal approximation).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from bwc.canonical import JsonObject
from bwc.coverage.rates import FEWEST, Rate, Z, rounded

LEAST_WEIGHT = 0.5  # of the department's calls must be of types the group had, to compare at all


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A group's own share and what it would be with the department's mix of calls.

    `weight` is the part of the department's calls whose types the group had; the adjusted share
    is None where n or that weight is too small.
    """

    name: str
    raw: Rate
    share: float | None
    low: float | None
    high: float | None
    weight: float

    def document(self) -> JsonObject:
        """As JSON; a small group's shares are null."""
        raw = self.raw.document()
        if self.raw.is_small:
            raw = {"n": self.raw.whole, "small": True, "share": None}
        return {
            "name": self.name,
            "raw": raw,
            "adjusted": rounded(self.share),
            "low": rounded(self.low),
            "high": rounded(self.high),
            "weight": rounded(self.weight),
        }


def standardise(groups: Mapping[str, Mapping[str, Rate]]) -> list[Adjusted]:
    """Each group's share with the department's mix; `groups` holds a rate per type of call."""
    totals: dict[str, int] = {}
    for types in groups.values():
        for kind, rate in types.items():
            totals[kind] = totals.get(kind, 0) + rate.whole
    whole = sum(totals.values())
    return [
        _adjusted(name, groups[name], {kind: n / whole for kind, n in totals.items() if whole})
        for name in sorted(groups)
    ]


def _adjusted(name: str, types: Mapping[str, Rate], mix: Mapping[str, float]) -> Adjusted:
    """One group under the common mix."""
    raw = Rate(sum(r.part for r in types.values()), sum(r.whole for r in types.values()))
    had = {kind: rate for kind, rate in types.items() if rate.whole}
    weight = sum(mix[kind] for kind in had)
    if raw.whole < FEWEST or weight < LEAST_WEIGHT:
        return Adjusted(name, raw, None, None, None, weight)
    share = sum(mix[kind] * (rate.share or 0.0) for kind, rate in had.items()) / weight
    variance = sum((mix[kind] / weight) ** 2 * _variance(rate) for kind, rate in had.items())
    reach = Z * sqrt(variance)
    return Adjusted(name, raw, share, max(0.0, share - reach), min(1.0, share + reach), weight)


def _variance(rate: Rate) -> float:
    """Of a share, with one half added on both sides, so that 0 and 100 % are not taken for sure."""
    p = (rate.part + 0.5) / (rate.whole + 1)
    return p * (1 - p) / rate.whole
