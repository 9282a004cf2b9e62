"""What was seen: of one segment, as a value that can be put aside, and of the whole recording.

A segment's sight does not depend on the others. What happened between the last picture of one and
the first of the next is worked out when they are joined.
"""

import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bwc.redaction.detect import Boxes
from bwc.redaction.flow import Flow, Grey, MotionStore

NOBODY: Boxes = np.zeros((0, 5), np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What was seen on each frame of one segment, by index within it.

    `faces` and `people` are (n, 5); empty on frames where `faces_looked` or `people_looked` is
    false. `motion` is (n, rows, columns, 2), zero at the first. `edges` are the first and last
    picture, small and grey; (0, h, w) where there is no frame.
    """

    pts: npt.NDArray[np.int64]
    faces: tuple[Boxes, ...]
    people: tuple[Boxes, ...]
    faces_looked: npt.NDArray[np.bool_]
    people_looked: npt.NDArray[np.bool_]
    motion: npt.NDArray[np.float16]
    cuts: npt.NDArray[np.int64]
    edges: npt.NDArray[np.uint8]
    corrupt: npt.NDArray[np.bool_]
    unclear: npt.NDArray[np.bool_]
    damaged: int
    repeated: int

    def save(self, path: Path) -> None:
        """Write it to `path`."""
        with path.open("wb") as file:
            np.savez(
                file,
                pts=self.pts,
                faces=_flat(self.faces),
                people=_flat(self.people),
                faces_looked=self.faces_looked,
                people_looked=self.people_looked,
                motion=self.motion,
                cuts=self.cuts,
                edges=self.edges,
                corrupt=self.corrupt,
                unclear=self.unclear,
                lost=np.array([self.damaged, self.repeated]),
            )

    @classmethod
    def load(cls, path: Path) -> "Sight | None":
        """What was written to `path`; None where there is nothing that can be read."""
        try:
            with np.load(path, allow_pickle=False) as held:
                pts = held["pts"]
                damaged, repeated = (int(count) for count in held["lost"])
                return cls(
                    pts=pts,
                    faces=_by_frame(held["faces"], len(pts)),
                    people=_by_frame(held["people"], len(pts)),
                    faces_looked=held["faces_looked"],
                    people_looked=held["people_looked"],
                    motion=held["motion"],
                    cuts=held["cuts"],
                    edges=held["edges"],
                    corrupt=held["corrupt"],
                    unclear=held["unclear"],
                    damaged=damaged,
                    repeated=repeated,
                )
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """What was seen on each frame, by index; times are exact and rise.

    `width` and `height` are those of the upright picture. `motion` is (n, rows, columns, 2), the
    movement since the frame before in shares of width and height. `corrupt` marks frames that come
    out of damaged data (`bwc.media.damage`), `unclear` those too blurred or too faint for the finders.
    """

    width: int
    height: int
    time_base: Fraction
    pts: tuple[int, ...]
    faces: tuple[Boxes, ...]
    people: tuple[Boxes, ...]
    faces_looked: tuple[bool, ...]
    people_looked: tuple[bool, ...]
    motion: npt.NDArray[np.float16]
    cuts: frozenset[int]
    corrupt: tuple[bool, ...]
    unclear: tuple[bool, ...]
    damaged: int
    repeated: int

    @property
    def seconds(self) -> list[Fraction]:
        """The exact time of each frame."""
        return [pts * self.time_base for pts in self.pts]


def frames_seen(path: Path) -> int | None:
    """How many frames the sight at `path` has; None where there is none that can be read."""
    sight = Sight.load(path)
    return None if sight is None else len(sight.pts)


@contextmanager
def joined(
    sights: Iterable[Sight], *, size: tuple[int, int], time_base: Fraction
) -> Iterator[Observations]:
    """The sights of consecutive segments as one; valid inside the `with`.

    `size` is the upright picture's width and height.
    """
    pts: list[int] = []
    faces: list[Boxes] = []
    people: list[Boxes] = []
    faces_looked: list[bool] = []
    people_looked: list[bool] = []
    corrupt: list[bool] = []
    unclear: list[bool] = []
    cuts: set[int] = set()
    damaged = repeated = 0
    last: Grey | None = None
    with MotionStore() as motions:
        for sight in sights:
            damaged, repeated = damaged + sight.damaged, repeated + sight.repeated
            if not len(sight.pts):
                continue
            cuts |= {len(pts) + int(at) for at in sight.cuts}
            first = sight.motion[0]
            if last is not None:
                flow = Flow()
                flow.step(last)
                step = flow.step(sight.edges[0])
                first = step.motion
                cuts |= {len(pts)} if step.is_cut else set()
            motions.append(np.concatenate([first[None], sight.motion[1:]]))
            last = sight.edges[1]
            pts += sight.pts.tolist()
            faces += sight.faces
            people += sight.people
            faces_looked += sight.faces_looked.tolist()
            people_looked += sight.people_looked.tolist()
            corrupt += sight.corrupt.tolist()
            unclear += sight.unclear.tolist()
        yield Observations(
            width=size[0],
            height=size[1],
            time_base=time_base,
            pts=tuple(pts),
            faces=tuple(faces),
            people=tuple(people),
            faces_looked=tuple(faces_looked),
            people_looked=tuple(people_looked),
            motion=motions.grids(),
            cuts=frozenset(cuts),
            corrupt=tuple(corrupt),
            unclear=tuple(unclear),
            damaged=damaged,
            repeated=repeated,
        )


def _flat(boxes: tuple[Boxes, ...]) -> npt.NDArray[np.float32]:
    """(n, 6): the frame's index before each box."""
    rows = [np.insert(found, 0, at, axis=1) for at, found in enumerate(boxes)]
    return np.concatenate([np.zeros((0, 6), np.float32), *rows]).astype(np.float32)


def _by_frame(rows: npt.NDArray[np.float32], count: int) -> tuple[Boxes, ...]:
    """The boxes of each of `count` frames."""
    bounds = np.searchsorted(rows[:, 0], np.arange(count + 1))
    return tuple(rows[bounds[at] : bounds[at + 1], 1:] for at in range(count))
