"""Where a proxy cuts from one scene to another, by the measure that tracking goes by.

The flow between two pictures is asked for only where their greys moved elsewhere: without that
nothing is a cut (`bwc.redaction.flow`), and it is most of the work.
"""

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np

from bwc.redaction.flow import Flow, Grey, may_be_cut, small_grey


def read_cuts(proxy: Path, *, check: Callable[[], None] = lambda: None) -> list[int]:
    """The numbers of the pictures, from 0, that begin another scene.

    `proxy` is a file of our own making: 8-bit 4:2:0, upright. `check` is called for each picture;
    what it raises ends the work.
    """
    found: list[int] = []
    before: Grey | None = None
    with av.open(str(proxy)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for number, frame in enumerate(container.decode(stream)):
            check()
            plane = frame.planes[0]
            rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
            grey = small_grey(np.ascontiguousarray(rows[:, : plane.width]))
            if before is not None and may_be_cut(before, grey) and _is_cut(before, grey):
                found.append(number)
            before = grey
    return found


def _is_cut(before: Grey, now: Grey) -> bool:
    """Whether motion does not explain the one picture by the other."""
    flow = Flow()
    flow.step(before)
    return flow.step(now).is_cut
