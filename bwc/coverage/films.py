"""Which recordings lie in which calls, by index. Pure."""

from bwc.coverage.sweep import Integers, Spans

DAY = 86_400_000_000  # microseconds; recordings are looked up by the day in which they began


def films_on(expected: Spans, worn: Spans, film_of: Integers) -> list[list[int]]:
    """For each expected span the recordings that its owner made in it, by time and without twins.

    `worn` and `film_of` are what `bwc.coverage.lines.worn_recordings` returns.
    """
    by_day: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    columns = (worn.owner, worn.start, worn.end, film_of)
    for owner, start, end, film in zip(*(column.tolist() for column in columns), strict=True):
        by_day.setdefault((owner, start // DAY), []).append((start, end, film))
    longest = int((worn.end - worn.start).max(initial=0))
    spans = (expected.owner, expected.start, expected.end)
    return [
        list(
            dict.fromkeys(
                film
                for began, ended, film in sorted(
                    part
                    for day in range((start - longest) // DAY, end // DAY + 1)
                    for part in by_day.get((owner, day), ())
                )
                if began < end and ended > start
            )
        )
        for owner, start, end in zip(*(column.tolist() for column in spans), strict=True)
    ]
