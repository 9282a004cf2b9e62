"""Whether what could tell a person survives in a part of the finished picture.

Two questions, asked of grey patches: does fine detail of the original survive, block by block, and
does the coarse look survive, as it does under a mild mosaic or blur. Solid fill answers both with
no. Newton, Sweeney and Malin (2005, "Preserving privacy by de-identifying face images") showed that
a coarse look is enough for a machine.
"""

import cv2
import numpy as np
import numpy.typing as npt

BLOCK = 8
LIKE = 0.6  # correlation of a block with the original's, or with its negative
LEAST_SPREAD = 3.0  # grey levels: below, what is left is the coder's noise
LEAST_SPREAD_SHARE = 0.35  # of the original block's
FLAT = 4.0  # grey levels: a block of the original below this tells nothing
SHOWN_SHARE = 0.15  # of the telling blocks: with more, a face counts as shown
COARSE = 8  # cells a side
COARSE_LIKE = 0.5
LEAST_BLOCKS = 3  # a side; a smaller patch is enlarged first

Grey = npt.NDArray[np.uint8]  # (h, w)
_Floats = npt.NDArray[np.float32]


def kept_share(original: Grey, finished: Grey) -> float:
    """The share of the telling blocks inside the patch's ellipse whose detail survives.

    Both patches are of one size; 0 where the original has no telling block.
    """
    least = LEAST_BLOCKS * BLOCK
    side = max(1, min(original.shape))
    if side < least:
        times = -(-least // side)
        original, finished = (_repeated(patch, times) for patch in (original, finished))
    before, after = _blocks(original), _blocks(finished)
    spread_before, spread_after = before.std(axis=1), after.std(axis=1)
    telling = (spread_before >= FLAT) & _in_ellipse(original.shape[0], original.shape[1])
    if not telling.any():
        return 0.0
    both = (_centred(before) * _centred(after)).mean(axis=1)
    like = np.abs(both) > LIKE * np.maximum(spread_before * spread_after, 1e-6)
    clear = spread_after > np.minimum(LEAST_SPREAD_SHARE * spread_before, LEAST_SPREAD)
    return float((like & clear & telling).sum() / telling.sum())


def coarse_look_is_kept(original: Grey, finished: Grey) -> bool:
    """Whether the middle three quarters of both patches are alike at `COARSE` cells a side."""
    before, after = _coarse(_middle(original)), _coarse(_middle(finished))
    if before.std() < FLAT or after.std() < LEAST_SPREAD:
        return False
    both = ((before - before.mean()) * (after - after.mean())).mean()
    return bool(abs(both) > COARSE_LIKE * before.std() * after.std())


def has_coarse_look(finished: Grey) -> bool:
    """Whether anything is left in the middle of a patch at `COARSE` cells a side.

    For a file whose original is not at hand: flat fill, and an effect that took everything away
    first, leave less than the coder's noise; a mosaic or blur of a face leaves its look.
    """
    return bool(_coarse(_middle(finished)).std() >= LEAST_SPREAD)


def _blocks(patch: Grey) -> _Floats:
    """(h, w) as (n, 64): its whole blocks, row by row."""
    rows, columns = (side // BLOCK for side in patch.shape)
    whole = patch[: rows * BLOCK, : columns * BLOCK].astype(np.float32)
    split = whole.reshape(rows, BLOCK, columns, BLOCK).swapaxes(1, 2)
    return split.reshape(rows * columns, BLOCK * BLOCK)


def _in_ellipse(height: int, width: int) -> npt.NDArray[np.bool_]:
    """For each block, whether its middle lies in the ellipse of the patch."""
    rows = (np.arange(height // BLOCK) + 0.5) * BLOCK * 2 / height - 1
    columns = (np.arange(width // BLOCK) + 0.5) * BLOCK * 2 / width - 1
    return np.asarray((rows[:, None] ** 2 + columns[None, :] ** 2 <= 1).ravel())


def _centred(blocks: _Floats) -> _Floats:
    """Each block around its own mean."""
    return np.asarray(blocks - blocks.mean(axis=1, keepdims=True), np.float32)


def _repeated(patch: Grey, times: int) -> Grey:
    """Each pixel `times` x `times`."""
    return np.asarray(np.kron(patch, np.ones((times, times), np.uint8)), np.uint8)


def _middle(patch: Grey) -> Grey:
    """A patch without an eighth on each side."""
    down, across = (max(1, side // 8) for side in patch.shape)
    inner = patch[down : patch.shape[0] - down, across : patch.shape[1] - across]
    return inner if inner.size else patch


def _coarse(patch: Grey) -> _Floats:
    """The means of `COARSE` x `COARSE` equal parts."""
    times = max(1, -(-COARSE // min(patch.shape)))
    large = _repeated(patch, times) if times > 1 else patch
    small = cv2.resize(large.astype(np.float32), (COARSE, COARSE), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)
