"""Writes composed scenes as the files a camera would bring: H.264 and AAC in MP4."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from bwc.demo.scene import (
    VIEW_HEIGHT,
    VIEW_WIDTH,
    Person,
    Picture,
    Scene,
    draw_street,
    load_portrait,
    silhouette,
)

SAMPLE_RATE = 8_000
QUIET_SIZE = (320, 180)
QUIET_RATE = 1  # frames a second of an uneventful recording: its length matters, not its picture
EVENT_RATE = 15

__all__ = ["SAMPLE_RATE", "Cast", "compose_event", "compose_quiet", "load_cast"]


@dataclass(frozen=True, slots=True)
class Cast:
    """The portraits that play the people in composed footage."""

    astronaut: Picture
    admiral: Picture


def load_cast(astronaut: Path, admiral: Path) -> Cast:
    """Cut the two portraits to head and shoulders."""
    return Cast(
        astronaut=load_portrait(astronaut, crop=(0.20, 0.0, 0.66, 0.56)),
        admiral=load_portrait(admiral, crop=(0.17, 0.02, 0.83, 0.70)),
    )


def compose_event(target: Path, *, cast: Cast, seed: int, seconds: int, night: float) -> None:
    """A recording in which two people are met: both faces real, the camera moving."""
    rng = np.random.default_rng(seed)
    mask_a, mask_b = silhouette(cast.astronaut), silhouette(cast.admiral)
    side = 1 if seed % 2 else -1
    people = (
        Person(
            cast.admiral,
            mask_b,
            (34, 36, 44),
            x=640 + side * 165,
            y=190,
            height=120,
            walk=-side * 7,
        ),
        Person(
            cast.astronaut,
            mask_a,
            (196, 84, 42),
            x=640 - side * 110,
            y=205,
            height=210,
            walk=side * float(rng.uniform(2, 5)),
            grow=0.01,
        ),
    )
    scene = Scene(draw_street(seed, night=night), people, pan=float(rng.uniform(-4, 4)), shake=4)
    pictures = (scene.picture(i / EVENT_RATE) for i in range(seconds * EVENT_RATE))
    _write(target, pictures, size=(VIEW_WIDTH, VIEW_HEIGHT), rate=EVENT_RATE, seed=seed)


def compose_quiet(target: Path, *, seed: int, seconds: int) -> None:
    """A long uneventful recording, one picture a second: an empty street and the time."""
    street = np.asarray(cv2.resize(draw_street(seed, night=(seed % 5) / 6), QUIET_SIZE), np.uint8)

    def pictures() -> Iterator[Picture]:
        for second in range(seconds):
            picture = street.copy()
            label = f"{seed:04d} {second // 60:02d}:{second % 60:02d}"
            cv2.putText(picture, label, (8, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (245, 245, 240), 2)
            yield picture

    _write(target, pictures(), size=QUIET_SIZE, rate=QUIET_RATE, seed=seed)


def _write(
    target: Path, pictures: Iterator[Picture], *, size: tuple[int, int], rate: int, seed: int
) -> None:
    """Encode pictures and a street's sound; the two end together."""
    with av.open(str(target), "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=rate, options={"preset": "ultrafast"})
        video.width, video.height = size
        video.pix_fmt = "yuv420p"
        video.codec_context.gop_size = max(rate * 2, 30)
        sound = container.add_stream(
            "aac", rate=SAMPLE_RATE, layout="mono", options={"aac_coder": "fast"}
        )
        sound.bit_rate = 32_000
        for count, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = count, Fraction(1, rate)
            container.mux(video.encode(frame))
            container.mux(sound.encode(_sound_frame(count, rate=rate, seed=seed)))
        container.mux(video.encode(None))
        container.mux(sound.encode(None))


def _sound_frame(index: int, *, rate: int, seed: int) -> av.AudioFrame:
    """The sound under one picture: wind, a hum, and the camera's beep each half minute."""
    length = SAMPLE_RATE // rate
    start = index * length
    t = (start + np.arange(length)) / SAMPLE_RATE
    rng = np.random.default_rng((seed, index))
    samples: npt.NDArray[np.float64] = 0.02 * rng.normal(size=length)
    samples += 0.04 * np.sin(2 * np.pi * 110 * t) * (1 + np.sin(2 * np.pi * 0.7 * t))
    samples += 0.2 * np.sin(2 * np.pi * 1000 * t) * ((t % 30) < 0.2)  # noqa: PLR2004
    frame = av.AudioFrame.from_ndarray(
        (samples * 32767).clip(-32768, 32767).astype(np.int16)[None, :],
        format="s16",
        layout="mono",
    )
    frame.sample_rate = SAMPLE_RATE
    frame.pts, frame.time_base = start, Fraction(1, SAMPLE_RATE)
    return frame
