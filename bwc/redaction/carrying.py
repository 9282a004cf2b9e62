"""From a drawn track to a carried one: the pictures on both sides of each key box, leg by leg.

A leg goes from a key box outwards, or from one key box to the next. Each that is finished lies on the
workbench, so that a killed job goes on with the next. Where two legs meet both are believed: what is
hidden is what either of them says.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Self

import cv2
import numpy as np
import numpy.typing as npt

from bwc.canonical import Json, JsonObject
from bwc.errors import InvalidInput
from bwc.media.decode import Decoding, open_frames
from bwc.media.segments import Segment, frames_of
from bwc.redaction.carry import TRACKER, Carrier, Leg, Patience, View
from bwc.redaction.cover import cover_head
from bwc.redaction.drawn import reaching, track_of
from bwc.redaction.flow import small_grey
from bwc.redaction.gaps import long_gaps
from bwc.redaction.key_boxes import hand_keys
from bwc.redaction.keys import Key, keys_for
from bwc.redaction.pictures import luma
from bwc.redaction.plan import Plan, PlannedTrack, Stop, Stopped
from bwc.redaction.planning import place
from bwc.redaction.render import Source
from bwc.redaction.track import Box, How, Track
from bwc.redaction.workbench import Workbench

LONGER_SIDE, LONGEST_SIDE = 640, 1280  # pixels of the pictures that are compared
WANTED_SIDE = 40  # pixels of the box's shorter side, where the recording has so many
MARGIN = 0.06  # of its size, each side: a hand draws close
DRIFT = 0.03  # of its size, each side, for each second that lies between it and a key box
MOST_DRIFT = 0.15

SAME_MOMENT = Fraction(1, 2000)  # seconds by which typed times are rounded

Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class _Way:
    """From a key box on or back, up to the time `until`, None for as far as it goes."""

    key: Key
    back: bool
    until: int | None


@dataclass(slots=True)
class _At:
    """What is known of one picture: a box, how it came about, and by how much it must grow."""

    box: Box
    how: How
    margin: float


def carry_track(
    source: Source,
    plan: Plan,
    track_id: int,
    *,
    workbench: Workbench,
    report: Report = lambda _: None,
) -> PlannedTrack:
    """The drawn track `track_id` of `plan`, carried from its key boxes through the pictures.

    `report` is told the share that is done, and may raise to stop the work.

    Raises:
        NotFound: no such track.
        InvalidInput: nobody drew it.
        MediaError: the recording does not decode.
    """
    track = track_of(plan, track_id)
    track = track.model_copy(update={"drawn": hand_keys(track)})
    if not track.drawn:
        raise InvalidInput("only what a person drew is carried", where=f"track {track_id}")
    ways = _ways(track.drawn)
    walk = _Walk(source, plan, track, workbench)
    legs = []
    for done, way in enumerate(ways):

        def told(share: float, before: int = done) -> None:
            report((before + share) / len(ways))

        legs.append((way, walk.leg(way, told)))
    return _assembled(track, legs, plan, source)


def _ways(drawn: Sequence[Key]) -> list[_Way]:
    """Outwards from the first and the last key box, and both ways between each two."""
    ways = [_Way(drawn[0], back=True, until=None)]
    for left, right in pairwise(drawn):
        ways += [_Way(left, back=False, until=right.pts), _Way(right, back=True, until=left.pts)]
    return [*ways, _Way(drawn[-1], back=False, until=None)]


@dataclass(frozen=True, slots=True)
class _Walk:
    """Takes the legs of one track."""

    source: Source
    plan: Plan
    track: PlannedTrack
    workbench: Workbench

    def leg(self, way: _Way, report: Report) -> Leg:
        """What carrying along `way` gives, boxes in pixels of the stored picture."""
        made_of: JsonObject = {
            "original": self.plan.original.sha256,
            "key": list(way.key),
            "back": way.back,
            "until": way.until,
            "tracker": TRACKER,
        }
        place_of = self.workbench.place("carried", made_of, ".json")
        if self.workbench.has(place_of):
            return _read(place_of)
        leg = self._taken(way, report)
        with self.workbench.making(place_of) as part:
            part.write_text(json.dumps(_written(leg)))
        return leg

    def _taken(self, way: _Way, report: Report) -> Leg:
        scale = _scale(way.key, self.source)
        patience = Patience(gap=self.plan.profile.gap_seconds, roll=self.plan.profile.roll_seconds)
        views = self._views(way, scale, patience, report)
        first = next(views, None)
        if first is None:
            return Leg()
        carrier = Carrier(
            first,
            np.array(way.key[1:], np.float32) * scale,
            time_base=self.plan.time_base,
            patience=patience,
        )
        for view in views:
            if way.until is not None and (
                view.pts < way.until if way.back else view.pts > way.until
            ):
                break
            if not carrier.step(view):
                break
        leg = carrier.finish()
        leg.boxes = [box / scale for box in leg.boxes]
        return leg

    def _views(self, way: _Way, scale: float, patience: Patience, report: Report) -> Iterator[View]:
        """The picture that is shown at the key box, then those after or before it."""
        reach = (patience.far + 1) / float(self.plan.time_base)
        pictures = _backwards if way.back else _onwards
        shown_at = way.key.pts + round(SAME_MOMENT / self.plan.time_base)
        for view in pictures(self, shown_at, scale, reach):
            report(min(1.0, abs(view.pts - way.key.pts) / reach))
            yield view

    def views_of(self, segment: Segment, scale: float) -> Iterator[View]:
        """The pictures of one segment."""
        size = (round(self.source.look.width * scale), round(self.source.look.height * scale))
        with open_frames(self.source.path, Decoding.FAST) as frames:
            for frame in frames_of(frames, segment):
                assert frame.pts is not None  # noqa: S101 - the frame source refuses such frames
                grey = luma(frame, self.source.look)
                small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
                yield View(frame.pts, small, small_grey(small))

    def from_segment(self, pts: int) -> int:
        """The number of the segment in which `pts` is shown."""
        starts = [segment.start for segment in self.source.segments]
        return max((at for at, start in enumerate(starts) if start is None or start <= pts))


def _onwards(walk: _Walk, pts: int, scale: float, reach: float) -> Iterator[View]:
    """The picture shown at `pts`, and those after it, up to `reach` ticks later."""
    shown: View | None = None
    for segment in walk.source.segments[walk.from_segment(pts) :]:
        for view in walk.views_of(segment, scale):
            if view.pts > pts + reach:
                return
            if view.pts <= pts:
                shown = view
                continue
            if shown is not None:
                yield shown
                shown = None
            yield view
    if shown is not None:
        yield shown


def _backwards(walk: _Walk, pts: int, scale: float, reach: float) -> Iterator[View]:
    """The picture shown at `pts`, and those before it, up to `reach` ticks earlier."""
    for segment in reversed(walk.source.segments[: walk.from_segment(pts) + 1]):
        with _Shelf(walk.workbench.own("pictures")) as shelf:
            for view in walk.views_of(segment, scale):
                if view.pts > pts:
                    break
                if view.pts >= pts - reach:
                    shelf.put(view)
            yield from shelf.reversed()
        if segment.start is not None and segment.start < pts - reach:
            return


class _Shelf:
    """Pictures of one segment in a file, to be read from the last to the first."""

    def __init__(self, path: Path) -> None:
        """Begin with none, in a file at `path` that has no name from here on."""
        self._file = path.open("w+b")
        path.unlink()
        self._pts: list[int] = []
        self._shape = (0, 0)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the file."""
        self._file.close()

    def put(self, view: View) -> None:
        """Keep the next picture."""
        self._shape = view.picture.shape
        self._pts.append(view.pts)
        self._file.write(view.picture.tobytes())

    def reversed(self) -> Iterator[View]:
        """Each picture, the last first."""
        size = self._shape[0] * self._shape[1]
        for at in range(len(self._pts) - 1, -1, -1):
            self._file.seek(at * size)
            picture = np.frombuffer(self._file.read(size), np.uint8).reshape(self._shape)
            yield View(self._pts[at], picture, small_grey(picture))


def _scale(key: Key, source: Source) -> float:
    """By how much pictures are made smaller: little where the box is small."""
    longer = max(source.look.width, source.look.height)
    wanted = WANTED_SIDE / min(key.x1 - key.x0, key.y1 - key.y0)
    return min(1.0, LONGEST_SIDE / longer, max(LONGER_SIDE / longer, wanted))


def _assembled(
    track: PlannedTrack, legs: Sequence[tuple[_Way, Leg]], plan: Plan, source: Source
) -> PlannedTrack:
    """The track that the legs make together."""
    known: dict[int, list[_At]] = {}
    stops = []
    for way, leg in legs:
        if leg.start is not None:
            anchor = _At(np.array(way.key[1:], np.float32), How.SEEN, 0.0)
            known.setdefault(leg.start, []).append(anchor)
        rows = zip(leg.pts, leg.boxes, leg.how, leg.margins, strict=True)
        for pts, box, source_of, margin in rows:
            known.setdefault(pts, []).append(_At(box, source_of, margin))
        if leg.stop is not None and way.until is None:
            stops.append(Stopped(pts=leg.stop[0], why=leg.stop[1], back=way.back))
    if not known:
        raise InvalidInput("no picture is shown at the key boxes", where=f"track {track.id}")
    _bridge(known, track.drawn)
    times = sorted(known)
    merged = [_both(known[pts]) for pts in times]
    drift = [_drift(pts, track.drawn, plan) for pts in times]
    boxes = np.stack([_grown(at, extra) for at, extra in zip(merged, drift, strict=True)])
    how = np.array([int(at.how) for at in merged], np.uint8)
    whole = Track(0, boxes, how, best=1.0, sightings=int((how == How.SEEN).sum()))
    placed = place(cover_head(whole), 0, times, replace(source.look, rotation=0, matrix=None))
    return track.model_copy(
        update={
            "keys": reaching(keys_for(placed), track.reach or (None, None)),
            "carried_by": TRACKER,
            "sightings": whole.sightings,
            "stops": tuple(sorted(stops, key=lambda stop: stop.pts)),
            "gaps": long_gaps(how, times, plan.time_base),
        }
    )


def _bridge(known: dict[int, list[_At]], drawn: Sequence[Key]) -> None:
    """Between two key boxes the straight line counts too wherever neither leg sees it."""
    for pts, found in known.items():
        if any(at.how is How.SEEN for at in found):
            continue
        for left, right in pairwise(drawn):
            if left.pts < pts < right.pts:
                share = (pts - left.pts) / (right.pts - left.pts)
                ends = [np.array(key[1:], np.float32) for key in (left, right)]
                found.append(_At(ends[0] * (1 - share) + ends[1] * share, How.FILLED, 0.0))
                for at in found:
                    at.how = How.FILLED


def _both(found: Sequence[_At]) -> _At:
    """What is hidden where several say something: all of what is seen, else all that is guessed."""
    seen = [at for at in found if at.how is How.SEEN] or list(found)
    low = np.min([at.box[:2] for at in seen], axis=0)
    high = np.max([at.box[2:] for at in seen], axis=0)
    box = np.concatenate([low, high]).astype(np.float32)
    return _At(box, min(at.how for at in seen), max(at.margin for at in seen))


def _drift(pts: int, drawn: Sequence[Key], plan: Plan) -> float:
    """By what share of its size a box may have gone astray since it was drawn."""
    away = min(abs(pts - key.pts) for key in drawn) * plan.time_base
    return min(MOST_DRIFT, DRIFT * float(away))


def _grown(at: _At, drift: float) -> npt.NDArray[np.float32]:
    extra = (MARGIN + drift + at.margin) * (at.box[2:] - at.box[:2])
    return np.concatenate([at.box[:2] - extra, at.box[2:] + extra]).astype(np.float32)


def _written(leg: Leg) -> JsonObject:
    boxes: list[Json] = [[float(edge) for edge in box] for box in leg.boxes]
    return {
        "start": leg.start,
        "pts": list(leg.pts),
        "boxes": boxes,
        "how": [int(how) for how in leg.how],
        "margins": list(leg.margins),
        "stop": None if leg.stop is None else [leg.stop[0], leg.stop[1].value],
    }


def _read(path: Path) -> Leg:
    held = json.loads(path.read_text())
    return Leg(
        start=held["start"],
        pts=held["pts"],
        boxes=[np.array(box, np.float32) for box in held["boxes"]],
        how=[How(how) for how in held["how"]],
        margins=held["margins"],
        stop=None if held["stop"] is None else (held["stop"][0], Stop(held["stop"][1])),
    )
