"""A street seen by a camera on a chest: drawn background, real faces, a shaking moving view.

The two faces are public-domain portraits (NASA and US Navy). Everything else is drawn here.
Coordinates are pixels of a world wider than the picture; the camera's view slides over it.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from bwc.errors import MediaError

Picture = npt.NDArray[np.uint8]

VIEW_WIDTH, VIEW_HEIGHT = 640, 360
WORLD_WIDTH, WORLD_HEIGHT = 1280, 420
BODY_SHARE = 0.62  # of a portrait's height that is head and neck; the rest is shoulders


@dataclass(frozen=True, slots=True)
class Person:
    """A portrait that walks through the world.

    `x` and `y` are its middle in world pixels at second 0, `height` its height in pixels;
    `walk` is in pixels a second, `grow` the share by which it grows each second.
    """

    portrait: Picture
    mask: npt.NDArray[np.float32]
    coat: tuple[int, int, int]
    x: float
    y: float
    height: float
    walk: float
    grow: float = 0.0


@dataclass(frozen=True, slots=True)
class Scene:
    """A street with people in it, and how the camera moves: `pan` in pixels a second."""

    street: Picture
    people: tuple[Person, ...]
    pan: float
    shake: float

    def picture(self, second: float) -> Picture:
        """What the camera sees at `second`: (360, 640, 3) uint8, RGB."""
        world = self.street.copy()
        for person in self.people:
            _place(world, person, second)
        return self._view(world, second)

    def _view(self, world: Picture, second: float) -> Picture:
        """Cut the view out of the world, with the wearer's step and sway in it."""
        sway = self.shake * math.sin(second * 7.3) + 0.6 * self.shake * math.sin(second * 17.1)
        step = self.shake * abs(math.sin(second * 5.1))
        spare = WORLD_WIDTH - VIEW_WIDTH
        left = spare / 2 + self.pan * second + sway
        left = min(max(left, 0.0), float(spare))
        top = min(max((WORLD_HEIGHT - VIEW_HEIGHT) / 2 + step, 0.0), WORLD_HEIGHT - VIEW_HEIGHT)
        tilt = 1.2 * math.sin(second * 2.3)
        middle = (left + VIEW_WIDTH / 2, top + VIEW_HEIGHT / 2)
        turn = cv2.getRotationMatrix2D(middle, tilt, 1.03)
        turn[:, 2] = turn[:, 2] - np.array([left, top])
        view = cv2.warpAffine(world, turn, (VIEW_WIDTH, VIEW_HEIGHT), borderMode=cv2.BORDER_REFLECT)
        return np.ascontiguousarray(view, dtype=np.uint8)


def load_portrait(path: Path, *, crop: tuple[float, float, float, float]) -> Picture:
    """Read a portrait and keep the part that shows the person.

    Args:
        path: a PNG or JPEG.
        crop: left, top, right, bottom as shares of the picture's width and height.

    Raises:
        MediaError: the file is no picture.
    """
    stored = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if stored is None:
        raise MediaError("not a picture", where=path.name, expected="PNG or JPEG")
    height, width = stored.shape[:2]
    left, top, right, bottom = crop
    part = stored[int(top * height) : int(bottom * height), int(left * width) : int(right * width)]
    return np.ascontiguousarray(part, dtype=np.uint8)


def silhouette(picture: Picture) -> npt.NDArray[np.float32]:
    """(h, w) float32 0..1: a soft head-and-shoulders shape that hides the portrait's own wall."""
    height, width = picture.shape[:2]
    shape = np.zeros((height, width), np.float32)
    head = (width // 2, int(height * 0.40))
    cv2.ellipse(shape, head, (int(width * 0.36), int(height * 0.38)), 0, 0, 360, 1.0, -1)
    chest = (width // 2, int(height * 1.02))
    cv2.ellipse(shape, chest, (int(width * 0.50), int(height * 0.40)), 0, 0, 360, 1.0, -1)
    soft = cv2.GaussianBlur(shape, (0, 0), sigmaX=max(width / 60, 1.0))
    return np.asarray(soft, dtype=np.float32)


def draw_street(seed: int, *, night: float) -> Picture:
    """A row of houses over a pavement, (420, 1280, 3) uint8; `night` 0 is noon, 1 is dark."""
    rng = np.random.default_rng(seed)
    world = np.zeros((WORLD_HEIGHT, WORLD_WIDTH, 3), np.float32)
    horizon = int(WORLD_HEIGHT * 0.62)
    sky = np.linspace(0, 1, horizon)[:, None, None]
    world[:horizon] = np.array([150, 185, 225]) + sky * np.array([60, 40, 15])
    world[horizon:] = (112, 110, 108)
    left = 0
    while left < WORLD_WIDTH:
        width = int(rng.integers(110, 210))
        _draw_house(world, rng, left=left, width=width, horizon=horizon)
        left += width
    cv2.line(world, (0, horizon + 46), (WORLD_WIDTH, horizon + 46), (176, 174, 168), 5)
    grain = rng.normal(0, 7, (WORLD_HEIGHT, WORLD_WIDTH, 1))
    lit = (world + grain) * (1 - 0.65 * night)
    return np.clip(lit, 0, 255).astype(np.uint8)


def _draw_house(
    world: npt.NDArray[np.float32],
    rng: np.random.Generator,
    *,
    left: int,
    width: int,
    horizon: int,
) -> None:
    """One house front with windows and a door."""
    wall = tuple(float(v) for v in rng.integers(95, 190, 3))
    top = int(rng.integers(20, 120))
    cv2.rectangle(world, (left, top), (left + width, horizon), wall, -1)
    glass = (58.0, 70.0, 84.0)
    for x in range(left + 16, left + width - 30, 44):
        for y in range(top + 18, horizon - 60, 58):
            cv2.rectangle(world, (x, y), (x + 24, y + 36), glass, -1)
    door = left + width // 2
    cv2.rectangle(world, (door - 14, horizon - 62), (door + 14, horizon), (70.0, 48.0, 36.0), -1)


def _place(world: Picture, person: Person, second: float) -> None:
    """Blend a person into the world where he stands at `second`."""
    height = int(person.height * (1 + person.grow * second))
    width = int(height * person.portrait.shape[1] / person.portrait.shape[0])
    bob = 3 * math.sin(second * 6)
    left = int(person.x + person.walk * second - width / 2)
    top = int(person.y + bob - height * BODY_SHARE)
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, world.shape[1]), min(top + height, world.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    size = (width, height)
    _draw_body(world, person.coat, left=left, neck=top + int(height * 0.86), width=width)
    picture = cv2.resize(person.portrait, size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(person.mask, size, interpolation=cv2.INTER_AREA)
    mask = mask * np.interp(np.arange(height) / height, [0.86, 1.0], [1.0, 0.0])[:, None]
    part = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    weight = mask[part][:, :, None]
    under = world[y0:y1, x0:x1]
    world[y0:y1, x0:x1] = (picture[part] * weight + under * (1 - weight)).astype(np.uint8)


def _draw_body(
    world: Picture, coat: tuple[int, int, int], *, left: int, neck: int, width: int
) -> None:
    """A coat and two legs below the portrait, so that nobody floats."""
    middle, reach = left + width // 2, int(width * 0.52)
    hem = neck + int(width * 1.5)
    cv2.ellipse(world, (middle, neck + 6), (reach, int(width * 0.2)), 0, 180, 360, coat, -1)
    cv2.rectangle(world, (middle - reach, neck + 4), (middle + reach, hem), coat, -1)
    seam = tuple(int(v * 0.7) for v in coat)
    cv2.line(world, (middle, neck), (middle, hem), seam, 2)
    for side in (-1, 1):
        hip = middle + side * reach // 2
        foot = hem + int(width * 1.4)
        cv2.rectangle(world, (hip - reach // 3, hem), (hip + reach // 3, foot), (46, 50, 62), -1)
