"""The exact part of verification alone: a finished file judged without the independent look.

python -m bench.exact ORIGINAL REDACTED PLAN
"""

import sys
from pathlib import Path

import numpy as np

from bwc.ids import Sha256
from bwc.redaction.detect import Boxes, Picture
from bwc.redaction.plan import read_plan
from bwc.redaction.verify import Material, verify


class BlindFinder:
    """Sees nothing, at no cost."""

    name = "blind"
    sha256 = Sha256("0" * 64)

    def find(self, picture: Picture) -> Boxes:
        """Nothing."""
        del picture
        return np.zeros((0, 5), np.float32)


def main() -> None:
    original, redacted, plan = map(Path, sys.argv[1:])
    verified = verify(Material(redacted, original, read_plan(plan)), BlindFinder())
    if not verified.passed:
        raise SystemExit(f"rejected: {verified.findings}")


if __name__ == "__main__":
    if len(sys.argv) == 4:
        main()
