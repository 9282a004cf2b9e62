"""The finished pictures against original and plan, frame by frame."""

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame

from bwc.media.decode import VideoLook, side_data_of
from bwc.media.encode import Plane, planes
from bwc.redaction.effects import draw
from bwc.redaction.findings import MOST_LISTED, Check, Finding
from bwc.redaction.keys import Region
from bwc.redaction.plan import Effect, Mask, Shape
from bwc.redaction.render import black
from bwc.redaction.shapes import Hidden, covered, filled, hidden, part_of, spread, steps

CORE = 9  # pixels inside the rim no 8x8 transform reaches; the core is the fill on each sample
CORE_TOLERANCE, CORE_MEAN = 30, 2.0  # grey levels; x264 reaches 22 once in 10^6, 0.1
RIM = 2  # pixels the deblocking filter mixes with the picture
RIM_TOLERANCE, RIM_SHARE = (
    40,
    0.02,
)  # between rim and core, ringing passes 13 to 22 on single samples
SMALL_MEAN = 10.0  # where all is rim: of black in white, the coder leaves less
KEPT_DETAIL = 0.3  # of the original's contrast; an unfilled region keeps all of it
ALIKE = 0.7  # correlation with the original; it is 1 where it is only darkened, chance stays below
LEAST_SIDE = 8  # pixels within the rim; what is smaller shows nobody, and ringing may be alike
FLAT = 1.0  # levels of deviation; what is flatter shows nothing, and has nothing to show
CELL_MEAN = 6.0  # of colour, where the coder may flatten cells 5 levels off the tone; measured 2.4
TONE_SLACK = 2.0  # levels more where the tone is worked out of coded rims; measured 1.9 in all
BLOCK = 8
BAND = 15 * BLOCK  # rows compared at once: a third less time than whole pictures of 1080p
SSIM_FLOOR = 0.80  # mean of a frame; CRF 22 gives 0.9 to 0.99, noise at night 0.88
CHANGED_LEVELS = 24  # a block's mean moves by less than 5 in encoding, over 50 clips
CHANGED_COLOUR = 16  # and its mean colour by 6
MOST_CHANGED = 3  # blocks; a face of 16 pixels has four
KNOWN_SIDE_DATA = {Type.SEI_UNREGISTERED, Type.DISPLAYMATRIX}
ENCODER_NOTES = (b"x264", b"x265")
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2  # Wang et al. 2004


@dataclass(slots=True)
class PictureCheck:
    """Takes frame after frame; `findings` and the counts are final when all were given."""

    look: VideoLook
    findings: list[Finding] = field(default_factory=list, init=False)
    frames: int = field(default=0, init=False)
    undecoded: int = field(default=0, init=False)
    regions: int = field(default=0, init=False)
    least_likeness: float = field(default=1.0, init=False)
    hidden_share: float = field(default=0.0, init=False)
    _counts: dict[Check, int] = field(default_factory=dict, init=False)

    def take(
        self, redacted: VideoFrame, masks: list[Mask], *, original: VideoFrame | None
    ) -> Hidden:
        """Check one frame; returns what of it is hidden, (h, w).

        Args:
            redacted: the finished frame.
            masks: what the plan hides on it.
            original: the frame it was made from, where that is at hand.
        """
        layers = planes(redacted)
        before = None if original is None else planes(_alike(original, redacted))
        looks = [mask for mask in masks if not _is_plain(mask)]
        for mask in masks:
            if _is_plain(mask):
                self._check_fill(layers, before, mask.region, redacted.pts)
        if looks:
            right = [layer.copy() for layer in before or layers]
            draw(right, masks, fill=black(self.look))
            slack = TONE_SLACK if before is None else 0.0
            for mask in looks:
                if not _is_drawn(layers, right, mask, slack=slack):
                    what = f"a planned region is not covered by {mask.effect}"
                    self.add(Check.FILL, what, pts=redacted.pts, box=mask.region)
        inside = hidden(layers, masks, on=layers[0])
        for side in side_data_of(redacted):
            if side.type not in KNOWN_SIDE_DATA:
                self.add(Check.METADATA, f"a frame carries {side.type.name}", pts=redacted.pts)
            elif side.type == Type.SEI_UNREGISTERED and not _is_encoders(bytes(side)):
                self.add(Check.METADATA, "a frame carries foreign user data", pts=redacted.pts)
        if before is not None:
            self._check_outside(before, layers, inside, redacted.pts)
        self.frames += 1
        self.regions += len(masks)
        self.hidden_share += float(inside.mean())
        return inside

    def add(self, check: Check, what: str, *, pts: int | None, box: Region | None = None) -> None:
        """Note a finding; of a kind no more than `MOST_LISTED`."""
        self._counts[check] = self._counts.get(check, 0) + 1
        if self._counts[check] <= MOST_LISTED:
            place = (box.x0, box.y0, box.x1, box.y1) if box else None
            self.findings.append(Finding(check=check, what=what, pts=pts, box=place))

    def _check_fill(
        self, layers: list[Plane], before: list[Plane] | None, region: Region, pts: int | None
    ) -> None:
        """Whether every sample inside `region` is the fill, be it small or as dark as the fill."""
        for layer, value in zip(layers, black(self.look), strict=True):
            core = _off(layer, layers[0], _inside(region, CORE), value)
            ring = _off(layer, layers[0], _inside(region, RIM), value)
            in_core = region.x1 - region.x0 > 2 * CORE and region.y1 - region.y0 > 2 * CORE
            is_off = _is_off(core, CORE_MEAN) if in_core else float(ring.mean()) > SMALL_MEAN
            if is_off or _rings_too_much(ring):
                self.add(Check.FILL, "a planned region is not filled", pts=pts, box=region)
                return
        inner = filled(_inside(region, RIM), layers[0], layers[0])
        if before is not None and _keeps_detail(before[0][inner], layers[0][inner]):
            what = "the original is seen in a planned region"
            self.add(Check.FILL, what, pts=pts, box=region)

    def _check_outside(
        self, before: list[Plane], after: list[Plane], mask: Hidden, pts: int | None
    ) -> None:
        """Whether the picture outside the regions is the original's, its colours too."""
        height, width = (side // BLOCK * BLOCK for side in before[0].shape)
        if not height or not width:
            return
        touched = cv2.resize(
            mask[:height, :width].astype(np.float32),
            (width // BLOCK, height // BLOCK),
            interpolation=cv2.INTER_AREA,
        )
        free = cv2.dilate((touched > 0).astype(np.uint8), np.ones((3, 3), np.uint8)) == 0
        if not free.any():
            return
        likeness, moved = _compare(before[0][:height, :width], after[0][:height, :width])
        score = float(likeness[free].mean())
        self.least_likeness = min(self.least_likeness, score)
        if score < SSIM_FLOOR:
            self.add(Check.OUTSIDE, f"likeness is {score:.2f} outside the regions", pts=pts)
        elif int((moved[free] > CHANGED_LEVELS).sum()) > MOST_CHANGED:
            self.add(Check.OUTSIDE, "something changed outside the regions", pts=pts)
        elif _has_other_colours(before, after, free):
            self.add(Check.OUTSIDE, "colours changed outside the regions", pts=pts)


def _is_encoders(note: bytes) -> bool:
    """Whether user data is what an encoder writes of its own options."""
    return any(name in note[:24] for name in ENCODER_NOTES)


def _is_plain(mask: Mask) -> bool:
    """Whether it is a filled box: one value, whatever is around it."""
    return mask.effect is Effect.SOLID and mask.shape is Shape.BOX


def _alike(original: VideoFrame, redacted: VideoFrame) -> VideoFrame:
    """The original's frame as the finished one stores it."""
    return original.reformat(
        width=redacted.width, height=redacted.height, format=redacted.format.name
    )


def _is_drawn(layers: list[Plane], right: list[Plane], mask: Mask, *, slack: float) -> bool:
    """Whether every sample that `mask` covers is what `right` says, but for what coding changes."""
    window, inside = covered(mask, layers)
    core, rim = _eroded(inside, layers, CORE), _eroded(inside, layers, RIM)
    rim = rim if rim.any() else inside
    in_colour = CELL_MEAN if mask.effect is Effect.MOSAIC else CORE_MEAN
    limits = (CORE_MEAN, in_colour, in_colour)
    for layer, wanted, limit in zip(layers, right, limits, strict=True):
        ratio = steps(layer, layers[1])
        part = part_of(layer, window, ratio=ratio)
        off = np.abs(part.astype(np.int16) - part_of(wanted, window, ratio=ratio))
        in_core, in_rim = (off[spread(at, part, ratio=ratio)] for at in (core, rim))
        if _is_off(in_core, limit + slack) or _rings_too_much(in_rim):
            return False
    return True


def _eroded(inside: Hidden, layers: list[Plane], rim: int) -> Hidden:
    """`inside`, of the colour planes, without `rim` pixels at its edge."""
    down, across = steps(layers[0], layers[1])
    size = (2 * -(-rim // down) + 1, 2 * -(-rim // across) + 1)
    return cv2.erode(
        inside.astype(np.uint8),
        np.ones(size, np.uint8),
        borderType=cv2.BORDER_CONSTANT,
        borderValue=0,
    ).astype(bool)


def _is_off(core: npt.NDArray[np.int16], most_mean: float) -> bool:
    """Whether the core of a region is not what was drawn."""
    return bool(core.size) and (int(core.max()) > CORE_TOLERANCE or float(core.mean()) > most_mean)


def _rings_too_much(ring: npt.NDArray[np.int16]) -> bool:
    """Whether more than the coder's ringing is left between rim and core."""
    return bool(ring.size) and float((ring > RIM_TOLERANCE).mean()) > RIM_SHARE


def _keeps_detail(before: Plane, after: Plane) -> bool:
    """Whether a region shows some of the contrast that the original has there."""
    if (
        min(after.shape) < LEAST_SIDE
        or float(after.std()) <= FLAT * KEPT_DETAIL
        or float(before.std()) <= FLAT
    ):
        return False
    was, now = (part.astype(np.float32) - part.mean() for part in (before, after))
    common, whole = float((was * now).sum()), float((was * was).sum())
    least = max(KEPT_DETAIL * whole, ALIKE * float(np.sqrt(whole * float((now * now).sum()))))
    return common > least


def _off(layer: Plane, luma: Plane, region: Region, value: int) -> npt.NDArray[np.int16]:
    """By how much each sample of `layer` in `region` is not the fill."""
    return np.abs(layer[filled(region, layer, luma)].astype(np.int16) - value)


def _inside(region: Region, rim: int) -> Region:
    """`region` without `rim` pixels, or its middle pixels where it is all rim."""
    x = min(rim, (region.x1 - region.x0 - 1) // 2)
    y = min(rim, (region.y1 - region.y0 - 1) // 2)
    return Region(region.x0 + x, region.y0 + y, region.x1 - x, region.y1 - y)


def _compare(
    before: Plane, after: Plane
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """SSIM of each 8x8 block and by how much its mean moved; band by band, to stay in the cache."""
    bands = [
        _compare_band(before[top : top + BAND], after[top : top + BAND])
        for top in range(0, before.shape[0], BAND)
    ]
    return np.concatenate([band[0] for band in bands]), np.concatenate([band[1] for band in bands])


def _compare_band(
    before: Plane, after: Plane
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The same of a band whose height is a multiple of `BLOCK`."""
    a, b = before.astype(np.float32), after.astype(np.float32)
    mean_a, mean_b = _means(a), _means(b)
    var_a = _means(a * a) - mean_a**2
    var_b = _means(b * b) - mean_b**2
    both = _means(a * b) - mean_a * mean_b
    likeness = ((2 * mean_a * mean_b + C1) * (2 * both + C2)) / (
        (mean_a**2 + mean_b**2 + C1) * (var_a + var_b + C2)
    )
    return np.asarray(likeness, np.float32), np.abs(mean_a - mean_b)


def _has_other_colours(before: list[Plane], after: list[Plane], free: Hidden) -> bool:
    """Whether the mean colour of more than a few of the `free` blocks moved."""
    for was, now in zip(before[1:], after[1:], strict=True):
        down, across = steps(before[0], was)
        part = slice(free.shape[0] * BLOCK // down), slice(free.shape[1] * BLOCK // across)
        size = (free.shape[1], free.shape[0])
        old, new = (
            cv2.resize(plane[part], size, interpolation=cv2.INTER_AREA) for plane in (was, now)
        )
        if int((cv2.absdiff(old, new)[free] > CHANGED_COLOUR).sum()) > MOST_CHANGED:
            return True
    return False


def _means(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The mean of each 8x8 block."""
    size = (values.shape[1] // BLOCK, values.shape[0] // BLOCK)
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)
