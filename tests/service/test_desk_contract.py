"""The desk's JSON contract changes only on purpose."""

import json
import os
from pathlib import Path

from api.desk.app import create_app
from bwc.catalog.store import Catalog
from tests.desks import make_house

GOLDEN = Path(__file__).parents[1] / "golden" / "desk-openapi.json"


def contract(catalog: Catalog, folder: Path) -> dict[str, object]:
    return create_app(house=make_house(catalog, folder)).openapi()


def test_golden_desk_contract(sqlite_catalog: Catalog, tmp_path: Path) -> None:
    text = json.dumps(contract(sqlite_catalog, tmp_path), indent=1, sort_keys=True) + "\n"
    if os.environ.get("TEST_GOLDEN") == "write":
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text(), "run `make golden` and read the difference"


def test_every_operation_declares_the_problems_it_may_send(
    sqlite_catalog: Catalog, tmp_path: Path
) -> None:
    paths = contract(sqlite_catalog, tmp_path)["paths"]
    assert isinstance(paths, dict)
    for path, operations in paths.items():
        for method, operation in operations.items():
            refused = [status for status in operation["responses"] if status.startswith("4")]
            assert refused, f"{method} {path}"
            answers = [operation["responses"][status]["content"] for status in refused]
            assert all("application/problem+json" in kinds for kinds in answers), f"{method} {path}"
