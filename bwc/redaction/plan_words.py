"""Plans in words: what a track is, when, how large, and what is known of each frame. Pure."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from bwc.redaction.plan import MutedSpan, Plan, PlannedTrack


def seconds_of(track: PlannedTrack, plan: Plan) -> tuple[float, float]:
    """From when to when a track covers, in seconds since the first picture."""
    start, end = (key.pts - plan.original.first_pts for key in (track.keys[0], track.keys[-1]))
    return round(float(start * plan.time_base), 3), round(float(end * plan.time_base), 3)


def second_of(plan: Plan, pts: int) -> float:
    """Seconds since the first picture; never below 0."""
    return round(max(0.0, float((pts - plan.original.first_pts) * plan.time_base)), 3)


def when(track: PlannedTrack, plan: Plan) -> str:
    """The same for people."""
    start, end = seconds_of(track, plan)
    return f"{start:.2f} to {end:.2f} s"


def size_of(track: PlannedTrack) -> tuple[int, int]:
    """Mean width and height of its key boxes, in pixels of the stored picture."""
    count = len(track.keys)
    return (
        round(sum(key.x1 - key.x0 for key in track.keys) / count),
        round(sum(key.y1 - key.y0 for key in track.keys) / count),
    )


def describe(track: PlannedTrack, plan: Plan) -> str:
    """A track in a line."""
    width, height = size_of(track)
    person = f", person {track.person}" if track.person else ""
    return (
        f"{track.kind.value}{person}, {when(track, plan)}, about {width}x{height} pixels, "
        f"{shown_word(track)}, {track.exemption}, by {short(track.author)}{_carried(track)}"
    )


def _carried(track: PlannedTrack) -> str:
    """Who carried what a person drew."""
    return f", carried by the tracker {track.carried_by}" if track.carried_by else ""


def shown_word(track: PlannedTrack) -> str:
    """How a track is hidden, or why it is not."""
    if track.shown is None:
        return f"{track.effect.value} {track.shape.value}"
    return f"LEFT VISIBLE by {short(track.shown.author)}: {track.shown.reason}"


def describe_sound(cut: MutedSpan) -> str:
    """A stretch of sound in a line."""
    start, end = (float(Fraction(*edge)) for edge in (cut.start, cut.end))
    found = f", {cut.found}" if cut.found else ""
    return (
        f"{cut.effect.value}{found}, {start:.3f} to {end:.3f} s, {cut.exemption}, "
        f"by {short(cut.author)}"
    )


def short(author: str) -> str:
    """An author; of a model's hash the beginning is enough for people."""
    kind, _, name = author.partition(":")
    return f"{kind}:{name[:12]}" if kind == "model" else author


def listed(numbers: Sequence[int]) -> str:
    """Numbers for people, the first ten of them."""
    words = ", ".join(str(number) for number in numbers[:10])
    return f"{words} and {len(numbers) - 10} more" if len(numbers) > 10 else words  # noqa: PLR2004


def ledger_counts(plan: Plan) -> dict[str, dict[str, int]]:
    """For each detector's hash, frames by what it saw of them."""
    seen: dict[str, dict[str, int]] = {}
    for ledger in plan.ledger:
        counts: Counter[str] = Counter()
        for run in ledger.runs:
            counts[run.state.value] += run.frames
        seen[ledger.model] = dict(sorted(counts.items()))
    return seen
