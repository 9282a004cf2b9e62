"""A recipient's mark: his name and the time, burnt into a copy of a redacted file made for him alone.

The mark says whose copy it is to everyone who sees it, and stays in a film of the screen. It hinders
nobody from taking one, and whoever paints over three bands or cuts the picture down to what is
between them has taken it out: it deters and tells, it does not protect.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from bwc.errors import MediaError
from bwc.media.audio import sound, sound_look
from bwc.media.decode import VideoLook, look, open_frames
from bwc.media.encode import Plane, fresh_copy, open_writer, output_format, planes
from bwc.redaction.pictures import upright_size

SHARE_OF_HEIGHT = 20  # a line is a twentieth of the picture
SMALLEST, LARGEST = 7, 64  # pixels of a line
WIDEST = 0.94  # of the picture
BANDS = (0.03, 0.5, 0.97)  # where the text stands, from top to bottom
INK, PAPER = 235, 16  # luma of the text and of what lies under it
INK_SHARE, PAPER_SHARE = 176, 112  # of 256, how much they cover the picture

Mask = npt.NDArray[np.uint16]  # (rows, columns) of the stored picture


@dataclass(frozen=True, slots=True)
class Mark:
    """What a mark does to the luma of a stored picture: `(luma * keeps + adds) >> 8`."""

    keeps: Mask
    adds: Mask

    def draw(self, luma: Plane) -> None:
        """Burn it in."""
        luma[:] = (luma * self.keeps + self.adds) >> 8


def mark_copy(
    redacted: Path, into: Path, lines: Sequence[str], *, report: Callable[[int], None]
) -> None:
    """Write `redacted` to `into` with `lines` across each picture; times and sound stay.

    `report` is told the number of pictures written so far.

    Raises:
        MediaError: it does not decode without damage, or the mark could not be drawn.
    """
    shown, heard = look(redacted), sound_look(redacted)
    mark = mark_of(shown, lines)
    with open_writer(into, shown, heard) as writer, open_frames(redacted) as frames:
        for count, frame in enumerate(_marked(frames.frames(), shown, mark), start=1):
            writer.write(frame)
            report(count)
        if frames.damaged or frames.repeated:
            raise MediaError("a redacted file is damaged", where=redacted.name)
        for block in sound(redacted, heard) if heard is not None else ():
            writer.write_sound(block)


def mark_of(shown: VideoLook, lines: Sequence[str]) -> Mark:
    """The mark of a film that looks like `shown`, drawn upright and turned as it is stored.

    Raises:
        MediaError: nothing of the text can be drawn.
    """
    width, height = upright_size(shown)
    ink = np.zeros((height, width), np.uint8)
    paper = np.zeros((height, width), np.uint8)
    for place in BANDS:
        _write(ink, paper, [" ".join(line.split()) for line in lines], place)
    if not ink.any():
        raise MediaError("the mark could not be drawn", expected="a name and a time")
    cover = paper.astype(np.uint16) * PAPER_SHARE // 255
    of_ink = ink.astype(np.uint16) * INK_SHARE // 255
    share = np.maximum(cover, of_ink)
    tone = np.where(of_ink > 0, INK, PAPER).astype(np.uint16)
    back = (360 - shown.rotation) % 360
    return Mark(_turned(256 - share, back), _turned(share * tone, back))


def _write(
    ink: npt.NDArray[np.uint8], paper: npt.NDArray[np.uint8], lines: Sequence[str], place: float
) -> None:
    """Write the lines, in the middle, at this share of the height."""
    height, width = ink.shape
    size = _size(lines, width, height)
    step = round(size * 1.35)
    top = round((height - step * len(lines)) * place)
    paper[max(top, 0) : top + step * len(lines), :] = 255
    for number, line in enumerate(lines):
        wide = _width(line, size)
        at = ((width - wide) // 2, top + step * number + round(size * 1.05))
        cv2.putText(ink, line, at, (255, 255, 255), cv2.FontFace("sans"), size)


def _size(lines: Sequence[str], width: int, height: int) -> int:
    """The largest text that fits."""
    size = min(max(min(width, height) // SHARE_OF_HEIGHT, SMALLEST + 1), LARGEST)
    while size > SMALLEST and max(_width(line, size) for line in lines) > width * WIDEST:
        size -= 1
    return size


def _width(line: str, size: int) -> int:
    """How many pixels a line takes."""
    box = cv2.getTextSize((1, 1), line, (0, 0), cv2.FontFace("sans"), size)
    return int(box[2])


def _turned(mask: npt.NDArray[np.uint16], degrees: int) -> Mask:
    return np.ascontiguousarray(np.rot90(mask, degrees // 90)).astype(np.uint16)


def _marked(frames: Iterator[VideoFrame], shown: VideoLook, mark: Mark) -> Iterator[VideoFrame]:
    """Copies of the pictures, marked."""
    pixel_format = output_format(shown)
    for frame in frames:
        copy = fresh_copy(frame, pixel_format)
        mark.draw(planes(copy)[0])
        yield copy
