"""What changed from one plan to another, for people and as JSON. Pure.

Tracks are matched by number where they share kind, time and place, else by being alike in all but
the number; so versions of one plan read as changes, and a new analysis as what it adds and leaves out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bwc.canonical import Json, JsonObject
from bwc.redaction.plan import MutedSpan, Part, Plan, PlannedTrack
from bwc.redaction.plan_words import (
    describe,
    describe_sound,
    ledger_counts,
    short,
    shown_word,
    size_of,
    when,
)


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that both plans have: each field that differs, before and after."""

    what: str
    words: tuple[str, ...]
    fields: dict[str, tuple[Json, Json]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything in which two plans differ; all parts are empty where they are the same."""

    added: tuple[tuple[str, Json], ...] = ()
    removed: tuple[tuple[str, Json], ...] = ()
    changed: tuple[Changed, ...] = ()

    @property
    def is_none(self) -> bool:
        """Whether the plans are the same."""
        return not (self.added or self.removed or self.changed)

    def document(self) -> JsonObject:
        """The same as JSON."""
        return {
            "same": self.is_none,
            "added": [{"what": what, "is": value} for what, value in self.added],
            "removed": [{"what": what, "was": value} for what, value in self.removed],
            "changed": [
                {"what": each.what, "fields": {k: list(v) for k, v in each.fields.items()}}
                for each in self.changed
            ],
        }

    def lines(self) -> list[str]:
        """The same for people, a line for each."""
        if self.is_none:
            return ["the plans are the same"]
        return [
            *(f"- {what}" for what, _ in self.removed),
            *(f"+ {what}" for what, _ in self.added),
            *(f"~ {each.what}: {'; '.join(each.words)}" for each in self.changed),
        ]


def differences(before: Plan, after: Plan) -> Difference:
    """What `after` has that `before` had not, has no more, and has otherwise."""
    pairs = _paired(before, after)
    kept_before = {a.id for a, _ in pairs}
    kept_after = {b.id for _, b in pairs}
    lost = [track for track in before.tracks if track.id not in kept_before]
    new = [track for track in after.tracks if track.id not in kept_after]
    return Difference(
        added=(
            *((f"track {t.id}: {describe(t, after)}", _dumped(t)) for t in new),
            *_beyond(after.sound, before.sound, _sound_line),
            *_beyond(after.models, before.models, lambda m: f"model {m.name}: {m.use}"),
            *_beyond(
                after.dropped, before.dropped, lambda d: f"dropped {d.kind}: {d.chains} {d.reason}"
            ),
            *_beyond(after.history, before.history, lambda h: f"history: {short(h.by)}: {h.what}"),
        ),
        removed=(
            *((f"track {t.id}: {describe(t, before)}", _dumped(t)) for t in lost),
            *_beyond(before.sound, after.sound, _sound_line),
            *_beyond(before.models, after.models, lambda m: f"model {m.name}: {m.use}"),
            *_beyond(
                before.dropped, after.dropped, lambda d: f"dropped {d.kind}: {d.chains} {d.reason}"
            ),
            *_beyond(before.history, after.history, lambda h: f"history: {short(h.by)}: {h.what}"),
        ),
        changed=tuple(_all_changes(before, after, pairs)),
    )


def _all_changes(
    before: Plan, after: Plan, pairs: list[tuple[PlannedTrack, PlannedTrack]]
) -> Iterator[Changed]:
    """The tracks that both have, then the document's own parts."""
    for a, b in pairs:
        fields = _fields(a, b)
        if fields:
            where = f"track {a.id}" if a.id == b.id else f"track {a.id}, now {b.id}"
            words = tuple(_track_words(a, b, (before, after)))
            yield Changed(f"{where} ({a.kind.value}, {when(a, before)})", words, fields)
    for name, a_part, b_part in (
        ("original", before.original, after.original),
        ("profile", before.profile, after.profile),
    ):
        fields = _fields(a_part, b_part)
        if fields:
            words = tuple(f"{key} {a} -> {b}" for key, (a, b) in fields.items())
            yield Changed(name, words, fields)
    if before.ledger != after.ledger:
        counts = ledger_counts(before), ledger_counts(after)
        both: dict[str, tuple[Json, Json]] = {
            model: (dict(counts[0].get(model, {})), dict(counts[1].get(model, {})))
            for model in sorted(counts[0] | counts[1])
        }
        words = tuple(
            f"model {m[:12]}: {a or 'none'} -> {b or 'none'}" for m, (a, b) in both.items()
        )
        yield Changed("ledger (frames by state)", words, both)


def _paired(before: Plan, after: Plan) -> list[tuple[PlannedTrack, PlannedTrack]]:
    """Tracks of both plans that are the same thing, in the order of `before`."""
    by_id = {track.id: track for track in after.tracks}
    pairs = {
        track.id: other
        for track in before.tracks
        if (other := by_id.get(track.id)) is not None and _is_same_thing(track, other)
    }
    taken = {other.id for other in pairs.values()}
    alike: dict[str, list[PlannedTrack]] = {}
    for other in after.tracks:
        if other.id not in taken:
            alike.setdefault(_unnumbered(other), []).append(other)
    for track in before.tracks:
        left = alike.get(_unnumbered(track), [])
        if track.id not in pairs and left:
            pairs[track.id] = left.pop(0)
    return [(track, pairs[track.id]) for track in before.tracks if track.id in pairs]


def _is_same_thing(a: PlannedTrack, b: PlannedTrack) -> bool:
    """Whether two tracks of one number cover one place at one time."""
    first = max(a.keys[0].pts, b.keys[0].pts)
    last = min(a.keys[-1].pts, b.keys[-1].pts)
    if first > last:
        return False
    edge = 1 << 30
    left, right = (track.region((first + last) // 2, width=edge, height=edge) for track in (a, b))
    if left is None or right is None:
        return False
    across = min(left.x1, right.x1) > max(left.x0, right.x0)
    return across and min(left.y1, right.y1) > max(left.y0, right.y0)


def _track_words(a: PlannedTrack, b: PlannedTrack, plans: tuple[Plan, Plan]) -> Iterator[str]:
    """What changed of a track, for people."""
    if shown_word(a) != shown_word(b):
        yield f"{shown_word(a)} -> {shown_word(b)}"
    for name in ("kind", "exemption", "author", "person", "best_score", "sightings"):
        old, new = getattr(a, name), getattr(b, name)
        if old != new:
            yield f"{name.replace('_', ' ')} {old or 'none'} -> {new or 'none'}"
    if a.keys != b.keys:
        yield _moved(a, b, plans)
    elif a.seen != b.seen:
        yield "seen at other times"


def _moved(a: PlannedTrack, b: PlannedTrack, plans: tuple[Plan, Plan]) -> str:
    """How the boxes of a track changed, for people."""
    parts = []
    if when(a, plans[0]) != when(b, plans[1]):
        parts.append(f"covers {when(a, plans[0])} -> {when(b, plans[1])}")
    if size_of(a) != size_of(b):
        (w, h), (now_w, now_h) = size_of(a), size_of(b)
        parts.append(f"about {w}x{h} -> {now_w}x{now_h} pixels")
    return ", ".join(parts) or "boxes moved"


def _beyond(
    own: tuple[Part, ...], other: tuple[Part, ...], word: Callable[..., str]
) -> Iterator[tuple[str, Json]]:
    """Entries of `own` that `other` has not, however often each stands there."""
    left = list(other)
    for entry in own:
        if entry in left:
            left.remove(entry)
        else:
            yield word(entry), entry.model_dump(mode="json")


def _sound_line(cut: MutedSpan) -> str:
    return f"sound: {describe_sound(cut)}"


def _fields(a: Part, b: Part) -> dict[str, tuple[Json, Json]]:
    """Each field in which two parts differ."""
    before, after = a.model_dump(mode="json"), b.model_dump(mode="json")
    return {name: (before[name], after[name]) for name in before if before[name] != after[name]}


def _dumped(track: PlannedTrack) -> Json:
    found: JsonObject = track.model_dump(mode="json")
    return found


def _unnumbered(track: PlannedTrack) -> str:
    return track.model_copy(update={"id": 1}).model_dump_json()
