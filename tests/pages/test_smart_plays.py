"""A smart rendering in a real Chromium and through FFmpeg: each picture where it should be.

Each picture of the film carries its number, so that one that is shown in another's place is noticed.
"""

import base64
import random
import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from bwc.media.encode import planes
from tests.clips import TIME_BASE, Clip
from tests.media.test_smart import smart
from tests.pages.test_desk import browser

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.media]

WIDTH, HEIGHT, CELL, BITS = 320, 180, 40, 8
COUNT, EACH, SEEKS, PROGRAM_SEEKS = 150, 25, 30, 12
PLACE = (100, 80, 180, 160)  # hidden on some pictures of the second and third group
HIDDEN = set(range(40, 60))
FRAME = Fraction(1, 25)

LOAD = """async (body) => {
  const bytes = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
  const video = document.createElement('video');
  video.muted = true;
  video.src = URL.createObjectURL(new Blob([bytes], { type: 'video/mp4' }));
  document.body.append(video);
  await new Promise((done, fail) => { video.oncanplay = done; video.onerror = fail; });
}"""
SEEK = """async ([second, cell, [x0, y0, x1, y1]]) => {
  const video = document.querySelector('video');
  // 'seeked' may come before the new picture is the one that is drawn: wait until it is shown.
  await new Promise((done) => {
    const shown = (_, { mediaTime }) =>
      Math.abs(second - mediaTime) < 0.04 ? done() : video.requestVideoFrameCallback(shown);
    video.requestVideoFrameCallback(shown);
    video.currentTime = second;
  });
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(video, 0, 0);
  const green = (...place) => context.getImageData(...place).data.filter((_, at) => at % 4 === 1);
  const row = green(0, cell / 2, canvas.width, 1).filter((_, at) => at % cell === cell / 2);
  return [Array.from(row), Math.max(...green(x0, y0, x1 - x0, y1 - y0))];
}"""
PLAY = """async () => {
  const video = document.querySelector('video');
  [video.currentTime, video.playbackRate] = [0, 4];
  await new Promise((done, fail) => { video.onended = done; video.onerror = fail; video.play(); });
  return video.getVideoPlaybackQuality().corruptedVideoFrames;
}"""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smart rendering of six groups of pictures, of which four were copied."""
    folder = tmp_path_factory.mktemp("plays")
    clip, out = numbered(folder / "in.mp4"), folder / "out.mp4"
    assert smart(clip, out).copied == 4 * EACH
    return out


def numbered(path: Path) -> Clip:
    """A film whose pictures show their number as a row of black and white cells."""
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=25, options={"x264-params": f"keyint={EACH}"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.codec_context.time_base = TIME_BASE
        for number in range(COUNT):
            frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
            luma, *colours = planes(frame)
            luma[:] = np.add.outer(np.arange(HEIGHT), np.arange(WIDTH) + number) % 120 + 60
            for bit in range(BITS):
                luma[:CELL, bit * CELL : (bit + 1) * CELL] = 235 if number >> bit & 1 else 16
            for colour in colours:
                colour[:] = 128
            frame.pts, frame.time_base = round(number * FRAME / TIME_BASE), TIME_BASE
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    pts = tuple(round(number * FRAME / TIME_BASE) for number in range(COUNT))
    return Clip(
        path, TIME_BASE, pts, tuple(((PLACE,) if n in HIDDEN else ()) for n in range(COUNT))
    )


def check(number: int, row: Sequence[int], brightest: int) -> None:
    """Whether a picture is the one of that number, and hidden as it must be.

    `row` is the brightness of each cell, `brightest` that of the lightest hidden pixel.
    """
    assert sum((cell > 128) << bit for bit, cell in enumerate(row)) == number
    assert (brightest < 50) == (number in HIDDEN)


def moments() -> list[int]:
    """Numbers of pictures at random, and those at the seams."""
    return [24, 25, 49, 50, *random.Random(7).sample(range(COUNT), SEEKS - 4)]


@pytest.fixture
def page(browser: Browser, film: Path) -> Page:
    page = browser.new_page()
    page.goto("about:blank")
    page.evaluate(LOAD, base64.b64encode(film.read_bytes()).decode())
    return page


def test_chromium_seeks_to_each_picture_and_plays_it_through(page: Page) -> None:
    for number in moments():
        second = float((number + Fraction(1, 2)) * FRAME)
        check(number, *page.evaluate(SEEK, [second, CELL, PLACE]))
    assert page.evaluate(PLAY) == 0


def test_ffmpeg_seeks_to_each_picture(film: Path) -> None:
    x0, y0, x1, y1 = PLACE
    with av.open(str(film)) as container:
        video = container.streams.video[0]
        for number in moments():
            wanted = round(number * FRAME / video.time_base)
            container.seek(wanted, stream=video)
            frame = next(one for one in container.decode(video) if one.pts >= wanted)
            assert frame.pts == wanted
            luma = planes(frame)[0]
            row = [int(cell) for cell in luma[CELL // 2, CELL // 2 :: CELL]]
            check(number, row, int(luma[y0:y1, x0:x1].max()))


def test_the_ffmpeg_program_seeks_to_each_picture(film: Path) -> None:
    x0, y0, x1, y1 = PLACE
    for number in moments()[:PROGRAM_SEEKS]:
        seek = ["-ss", f"{float(number * FRAME):.3f}", "-i", str(film), "-frames:v", "1"]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *seek, "-f", "rawvideo", "-"]
        done = subprocess.run(command, check=True, capture_output=True)
        assert done.stderr == b""
        luma = np.frombuffer(done.stdout, np.uint8)[: WIDTH * HEIGHT].reshape(HEIGHT, WIDTH)
        row = [int(cell) for cell in luma[CELL // 2, CELL // 2 :: CELL]]
        check(number, row, int(luma[y0:y1, x0:x1].max()))
