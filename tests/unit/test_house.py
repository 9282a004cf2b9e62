"""The house keeps its own rules: sizes, settings documented, compose file sound."""

import ast
from pathlib import Path

import pytest
import yaml

from bwc.settings import setting_names

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for room in ("bwc", "workers", "api", "tests", "bench")
    for path in (ROOT / room).rglob("*.py")
    if "versions" not in path.parts
)


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 400, "split this file by its nouns"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 60, f"{node.name} at line {node.lineno} has {length} lines"


def test_every_setting_stands_in_the_example_file_and_no_other() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    listed = [line.lstrip("# ").split("=")[0] for line in lines if "BWC_" in line and "=" in line]
    assert sorted(listed) == sorted(setting_names())


def test_the_portal_container_is_given_nothing_but_the_public_store() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    portal = compose["services"]["portal"]["environment"]
    assert all(name.startswith(("BWC_PUBLIC__", "BWC_DEPARTMENT__")) for name in portal)


def test_every_setting_in_the_compose_file_exists() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    used = {
        name
        for service in compose["services"].values()
        for name in service.get("environment", {})
        if name.startswith("BWC_")
    }
    assert used <= set(setting_names())
