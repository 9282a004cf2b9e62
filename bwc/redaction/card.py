"""The detector card: how much of what people labelled is hidden, by size, pose and light.

A department labels a sample of its own footage, frame by frame; each clip is redacted as any other
would be, and the finished pictures are held against the originals. It is pixels that are judged,
not masks. A card says nothing of footage unlike the sample, and frames of one clip are not
independent of each other: the interval of a row is the least there is.

The labels of a clip are a JSON document:
`{"clip": "name.mp4", "frames": {"12": [{"id": 1, "kind": "face", "box": [x0, y0, x1, y1]}]}}`, where
a number counts the decoded frames from 0 and boxes are pixels of the stored picture, ends
exclusive. `kind` is `face` (eyes, nose or mouth can be made out) or `head`; `pose`, `blur` and
`occlusion` may be added in one's own words and become tables of their own.
"""

import json
import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pydantic
from av.video.frame import VideoFrame
from pydantic import BaseModel, ConfigDict, Field

from bwc.canonical import JsonObject
from bwc.errors import InvalidInput
from bwc.media.decode import open_frames
from bwc.redaction.detail import SHOWN_SHARE, Grey, coarse_look_is_kept, kept_share
from bwc.redaction.engine import Engine, redact_file

FORMAT = "bwc.detector-card/1"
LEAST_FACE, LEAST_HEAD = 4, 16  # pixels a side; in a smaller head nothing tells a person
HEIGHTS = (16, 24, 40, 80)  # pixels, upper ends of the rows
DARK, BRIGHT = 60, 170  # mean grey level around the head
FAINT, STRONG = 20, 45  # grey levels, spread inside of its box
Z = 1.96  # 95 %


class Label(BaseModel):
    """One head on one frame."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    kind: Literal["face", "head"]
    box: tuple[float, float, float, float]
    pose: str | None = None
    blur: str | None = None
    occlusion: str | None = None


class Labels(BaseModel):
    """The labels of one clip, by frame."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    clip: str
    frames: dict[Annotated[int, Field(ge=0)], tuple[Label, ...]]


@dataclass(slots=True)
class Row:
    """How many were labelled and how many of them the finished file does not show."""

    labelled: int = 0
    hidden: int = 0

    def document(self) -> JsonObject:
        """The row with its 95 % interval (Wilson 1927)."""
        low, high = wilson(self.hidden, self.labelled)
        return {
            "labelled": self.labelled,
            "hidden": self.hidden,
            "recall": round(self.hidden / max(1, self.labelled), 4),
            "interval": [round(low, 4), round(high, 4)],
        }


@dataclass(slots=True)
class Card:
    """Recall by table and row; filled clip by clip."""

    tables: dict[str, dict[str, Row]] = field(default_factory=dict)
    clips: int = 0

    def add(self, original: Grey, finished: Grey, label: Label) -> None:
        """Judge one label on one pair of grey pictures."""
        x0, y0 = (max(0, round(edge)) for edge in label.box[:2])
        x1, y1 = (
            min(side, round(e)) for side, e in zip(original.shape[::-1], label.box[2:], strict=True)
        )
        least = LEAST_FACE if label.kind == "face" else LEAST_HEAD
        if min(x1 - x0, y1 - y0) < least:
            return
        before, after = original[y0:y1, x0:x1], finished[y0:y1, x0:x1]
        shows = kept_share(before, after) > SHOWN_SHARE
        if label.kind == "face":
            shows = shows or coarse_look_is_kept(before, after)
        for table, name in _rows(original, label, (x0, y0, x1, y1)):
            row = self.tables.setdefault(table, {}).setdefault(f"{label.kind}, {name}", Row())
            row.labelled += 1
            row.hidden += not shows

    def document(self, engine: Engine) -> JsonObject:
        """The card as JSON, with the detectors it speaks of."""
        finders = (engine.finders.faces, engine.finders.people)
        return {
            "format": FORMAT,
            "clips": self.clips,
            "detectors": [{"name": finder.name, "sha256": finder.sha256} for finder in finders],
            "tables": {
                table: {name: rows[name].document() for name in sorted(rows)}
                for table, rows in self.tables.items()
            },
        }


def read_labels(path: Path) -> Labels:
    """The labels in the file `path`. Raises InvalidInput naming the first field that is wrong."""
    try:
        return Labels.model_validate(json.loads(path.read_bytes()))
    except OSError as exc:
        raise InvalidInput("labels cannot be read", where=path.name, got=exc.strerror) from exc
    except pydantic.ValidationError as exc:
        first = exc.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(
            "are no labels", where=path.name, got=f"{place}: {first['msg']}"
        ) from exc
    except (ValueError, RecursionError) as exc:
        raise InvalidInput("labels are not JSON", where=path.name, got=str(exc)) from exc


def find_labels(folder: Path) -> list[Path]:
    """The files of labels in `folder`, or in its folder `truth`; sorted by name."""
    return sorted([*folder.glob("*.json"), *(folder / "truth").glob("*.json")])


def measure_clip(clip: Path, labels: Labels, *, engine: Engine, card: Card) -> None:
    """Redact `clip` and add what the finished file shows of its labels to `card`.

    Raises:
        MediaError: the clip cannot be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        finished = Path(folder) / "finished.mp4"
        redact_file(clip, finished, engine=engine, verified=False)
        for index, before, after in _pairs(clip, finished):
            wanted = labels.frames.get(index, ())
            if wanted:
                grey = _grey(before), _grey(after)
                for label in wanted:
                    card.add(*grey, label)
    card.clips += 1


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share.

    >>> [round(end, 3) for end in wilson(735, 735)]
    [0.995, 1.0]
    >>> wilson(0, 0)
    (0.0, 1.0)
    """
    if not of:
        return 0.0, 1.0
    share, square = hits / of, Z * Z / of
    middle = (share + square / 2) / (1 + square)
    half = Z * math.sqrt(share * (1 - share) / of + square / of / 4) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


def in_words(document: JsonObject) -> str:
    """A card as tables of plain text."""
    lines: list[str] = []
    tables = document["tables"]
    assert isinstance(tables, dict)  # noqa: S101 - made by `Card.document`
    for table, rows in tables.items():
        lines += ["", f"{table:34} labelled  hidden  recall   95 % interval"]
        for name, row in rows.items() if isinstance(rows, dict) else ():
            if isinstance(row, dict) and isinstance(row["interval"], list):
                low, high = (f"{float(str(end)):.1%}" for end in row["interval"])
                recall = f"{float(str(row['recall'])):7.1%}"
                lines.append(
                    f"  {name:32} {row['labelled']!s:>8} {row['hidden']!s:>7} {recall}"
                    f"   {low} to {high}"
                )
    return "\n".join(lines).strip()


def _rows(picture: Grey, label: Label, box: tuple[int, int, int, int]) -> Iterator[tuple[str, str]]:
    """Every table a label belongs to, and its row there."""
    x0, y0, x1, y1 = box
    yield "kind", "all"
    yield "height", _height(y1 - y0)
    down, across = (y1 - y0) // 2, (x1 - x0) // 2
    around = picture[max(0, y0 - down) : y1 + down, max(0, x0 - across) : x1 + across]
    light = float(around.mean())
    yield "light around", "dark" if light < DARK else "bright" if light > BRIGHT else "middle"
    spread = float(picture[y0:y1, x0:x1].std())
    yield "contrast", "faint" if spread < FAINT else "strong" if spread > STRONG else "middle"
    own = {"pose": label.pose, "blur": label.blur, "occlusion": label.occlusion}
    yield from ((table, name) for table, name in own.items() if name is not None)


def _height(pixels: int) -> str:
    """The row of a height; named so that rows sort by size."""
    for low, high in zip((0, *HEIGHTS), HEIGHTS, strict=False):
        if pixels <= high:
            return f"{low + 1:2} to {high} px"
    return f"{HEIGHTS[-1] + 1} px and more"


def _pairs(original: Path, finished: Path) -> Iterator[tuple[int, VideoFrame, VideoFrame]]:
    """Number and both pictures of each moment; what the finished file lacks is refused."""
    with open_frames(original) as source, open_frames(finished) as made:
        for index, pair in enumerate(zip(source.frames(), made.frames(), strict=True)):
            yield index, *pair


def _grey(frame: VideoFrame) -> Grey:
    """The picture in grey levels."""
    return np.asarray(frame.to_ndarray(format="gray"), np.uint8)
