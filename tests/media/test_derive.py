"""Poster and proxy on a full disk: that is the disk's fault, and is tried again."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from bwc.errors import TransientError
from bwc.media.derive import Source, make_poster, make_proxy
from tests.docks import small_clip

pytestmark = pytest.mark.media


def poster(source: Source, target: Path) -> None:
    make_poster(source, target, memory_bytes=4 << 30, on_wait=lambda: None)


def proxy(source: Source, target: Path) -> None:
    make_proxy(source, target, memory_bytes=4 << 30, on_progress=lambda _share: None)


@pytest.mark.parametrize("make", [poster, proxy])
def test_a_disk_that_fills_while_it_is_made_is_not_the_videos_fault(
    tmp_path: Path, make: Callable[[Source, Path], None]
) -> None:
    source = Source(small_clip(tmp_path / "clip.mp4", seconds=1), Fraction(1), has_audio=False)
    full = tmp_path / "target"
    full.symlink_to("/dev/full")
    with pytest.raises(TransientError, match="target: no room on the disk"):
        make(source, full)
