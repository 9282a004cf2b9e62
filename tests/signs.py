"""Clips with text whose place is known on every frame: a plate that drives past, a printed page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from tests.clips import TIME_BASE, Box, Clip, draw

Picture = npt.NDArray[np.uint8]

PAGE_WORDS = ("Statement of", "Jane Roe, born", "14 March 1987", "12 Elm Street", "Springfield")


@dataclass(frozen=True, slots=True)
class Sign:
    """Lines of dark letters on white; `start` is its left upper corner at second 0."""

    lines: tuple[str, ...] = ("KLM 4827",)
    size: tuple[int, int] = (120, 30)
    start: tuple[float, float] = (40.0, 120.0)
    velocity: tuple[float, float] = (60.0, 0.0)  # pixels a second

    def corner(self, second: float) -> tuple[int, int]:
        """Its left upper corner at `second`."""
        x, y = (at + v * second for at, v in zip(self.start, self.velocity, strict=True))
        return round(x), round(y)

    def rows(self) -> Iterator[tuple[str, tuple[int, int], float, tuple[int, int]]]:
        """Each line: its words, where its baseline begins on the sign, its scale and its size."""
        pitch = self.size[1] / len(self.lines)
        for row, words in enumerate(self.lines):
            (width, height), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 2)
            scale = min(self.size[0] * 0.86 / width, pitch * 0.6 / height)
            begins = (round(self.size[0] * 0.07), round(pitch * (row + 0.78)))
            yield words, begins, scale, (round(width * scale), round(height * scale))

    def letters(self, second: float) -> Box:
        """The box around all its letters at `second`."""
        x, y = self.corner(second)
        rows = [(begins, size) for _, begins, _, size in self.rows()]
        top = min(begins[1] - size[1] for begins, size in rows)
        right = max(begins[0] + size[0] for begins, size in rows)
        low = max(begins[1] for begins, _ in rows)
        return (x + rows[0][0][0], y + top, x + right, y + low)


PAGE = Sign(PAGE_WORDS, size=(190, 130), start=(240.0, 100.0), velocity=(-20.0, 0.0))


def make_signs(
    path: Path,
    signs: Sequence[Sign],
    *,
    size: tuple[int, int] = (480, 270),
    seconds: float = 1.2,
    rate: int = 25,
) -> Clip:
    """Compose a clip of `signs` before the mottled wall into `path`, without sound; boxes are those of letters."""
    stamps, boxes = [], []
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=rate, options={"preset": "ultrafast", "crf": "18"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = TIME_BASE
        for index in range(round(seconds * rate)):
            second = index / rate
            picture = draw(second, size=size, faces=())[0]
            for sign in signs:
                _paint(picture, sign, second)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = round(Fraction(index, rate) / TIME_BASE), TIME_BASE
            stamps.append(frame.pts)
            boxes.append(tuple(sign.letters(second) for sign in signs))
            out.mux(stream.encode(frame.reformat(format="yuv420p")))
        out.mux(stream.encode(None))
    return Clip(path, TIME_BASE, tuple(stamps), tuple(boxes))


def _paint(picture: Picture, sign: Sign, second: float) -> None:
    """Draw `sign` into `picture`, (h, w, 3) uint8 BGR."""
    x, y = sign.corner(second)
    wide, high = sign.size
    cv2.rectangle(picture, (x, y), (x + wide - 1, y + high - 1), (245, 245, 245), -1)
    for words, begins, scale, _ in sign.rows():
        at = (x + begins[0], y + begins[1])
        cv2.putText(
            picture, words, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (20, 20, 20), 2, cv2.LINE_AA
        )
