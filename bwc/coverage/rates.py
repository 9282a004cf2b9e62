"""Shares that say how far they can be trusted: n, and Wilson's interval (Wilson 1927)."""

from dataclasses import dataclass
from math import sqrt

from bwc.canonical import JsonObject

Z = 1.959963984540054  # 97.5 % quantile of the normal distribution: an interval of 95 %
FEWEST = 10  # below this a share says more about chance, or about one person, than about practice


@dataclass(frozen=True, slots=True)
class Rate:
    """`part` of `whole` cases."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        """The share, or None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of the share."""
        if not self.whole:
            return None
        n, p = self.whole, self.part / self.whole
        middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
        reach = Z / (1 + Z**2 / n) * sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
        return max(0.0, middle - reach), min(1.0, middle + reach)

    @property
    def is_small(self) -> bool:
        """Whether there are too few cases to say a share."""
        return self.whole < FEWEST

    @property
    def shown_share(self) -> float | None:
        """The share, or None where n is small."""
        return None if self.is_small else self.share

    @property
    def shown_interval(self) -> tuple[float | None, float | None]:
        """The interval, or nothing where n is small."""
        return (None, None) if self.is_small else (self.interval or (None, None))

    def document(self) -> JsonObject:
        """As JSON, to four decimals; a small rate has its counts and no share."""
        low, high = self.shown_interval
        return {
            "part": self.part,
            "n": self.whole,
            "share": rounded(self.shown_share),
            "low": rounded(low),
            "high": rounded(high),
            "small": self.is_small,
        }


def rounded(share: float | None) -> float | None:
    """A share to four decimals."""
    return None if share is None else round(share, 4)


def percent(share: float | None) -> str:
    """A share for people.

    >>> percent(0.715), percent(None)
    ('71.5 %', '\u2013')
    """
    return "\u2013" if share is None else f"{100 * share:.1f} %"


def spoken(rate: Rate) -> str:
    """A share for people, with its n and interval; of few cases the counts alone.

    >>> spoken(Rate(9, 12)), spoken(Rate(3, 4))
    ('75.0 % (9 of 12, 95 % interval 46.8 % to 91.1 %)', '3 of 4, too few to say a share')
    """
    if rate.interval is None:
        return "none to count"
    if rate.is_small:
        return f"{rate.part} of {rate.whole}, too few to say a share"
    low, high = rate.interval
    figure = f"{percent(rate.share)} ({rate.part} of {rate.whole},"
    return f"{figure} 95 % interval {percent(low)} to {percent(high)})"


def brief(rate: Rate) -> str:
    """A share for people where its n stands beside it; of few cases the counts.

    >>> brief(Rate(9, 12)), brief(Rate(3, 4))
    ('75.0 %', '3 of 4')
    """
    return f"{rate.part} of {rate.whole}" if rate.is_small else percent(rate.share)


def between(low: float | None, high: float | None) -> str:
    """An interval for people.

    >>> between(0.301, 0.954), between(None, None)
    ('30.1 to 95.4 %', '\u2013')
    """
    if low is None or high is None:
        return percent(None)
    return f"{100 * low:.1f} to {percent(high)}"


def reach(rate: Rate) -> str:
    """A rate's interval for people.

    >>> reach(Rate(9, 12)), reach(Rate(3, 4))
    ('46.8 to 91.1 %', '\u2013')
    """
    return between(*rate.shown_interval)
