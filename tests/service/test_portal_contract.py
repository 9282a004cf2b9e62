"""The portal's contract for machines changes only on purpose."""

import json
import os
from pathlib import Path

from tests.pages.portals import portal_of

GOLDEN = Path(__file__).parents[1] / "golden" / "portal-openapi.json"


def test_golden_portal_contract(tmp_path: Path) -> None:
    document = portal_of(tmp_path).openapi()
    text = json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("TEST_GOLDEN") == "write":
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text(), "run `make golden` and read the difference"
