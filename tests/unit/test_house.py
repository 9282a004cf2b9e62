"""The house keeps its own rules: sizes, settings documented, compose file sound."""

import ast
import re
import tomllib
from importlib.metadata import packages_distributions
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


NEEDED_BUT_NOT_IMPORTED = {
    "dlib-bin": "what face_recognition computes with",
    "httptools": "uvicorn reads requests with it",
    "psycopg": "SQLAlchemy's door to PostgreSQL",
    "python-multipart": "Starlette reads forms with it",
    "redis": "Celery's door to Valkey",
    "uvicorn": "serves both applications, started as a program",
}


def measuring_functions() -> set[str]:
    """What in coverage measures by rules, and without being told any by arrival to clearing."""
    return {
        node.name
        for path in SOURCES
        if path.is_relative_to(ROOT / "bwc" / "coverage")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and any(argument.arg == "rules" for argument in node.args.kwonlyargs)
    }


def test_who_measures_for_people_says_by_which_rules() -> None:
    """A page or job that forgot it would measure by arrival to clearing, whatever is in force."""
    measuring = measuring_functions()
    assert {"department_coverage", "refresh_sums", "refresh"} <= measuring
    forgetful = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.func.id}"
        for path in SOURCES
        if path.parts[len(ROOT.parts)] != "tests" and path.parts[len(ROOT.parts)] != "bench"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in measuring
        and "rules" not in {keyword.arg for keyword in node.keywords}
    ]
    assert forgetful == []


def imports_of(path: Path) -> set[str]:
    """The top-level modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module).partition(".")[0])
    return found


def test_every_dependency_is_used() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {re.split(r"[\[<>=]", line)[0] for line in project["dependencies"]}
    imported = set().union(*(imports_of(path) for path in SOURCES if "tests" not in path.parts))
    installed = packages_distributions()
    used = {dist.lower().replace("_", "-") for name in imported for dist in installed.get(name, [])}
    assert declared - used == set(NEEDED_BUT_NOT_IMPORTED)


def test_the_portal_container_is_given_public_store_and_inbox_and_no_key() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    portal = compose["services"]["portal"]["environment"]
    groups = ("BWC_PUBLIC__", "BWC_INBOX__", "BWC_DEPARTMENT__")
    assert all(name.startswith(groups) for name in portal)


def test_every_setting_in_the_compose_file_exists() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    used = {
        name
        for service in compose["services"].values()
        for name in service.get("environment", {})
        if name.startswith("BWC_")
    }
    assert used <= set(setting_names())


def test_what_pages_name_as_proof_is_there() -> None:
    named = {
        name
        for page in sorted((ROOT / "docs").glob("*.md"))
        for name in re.findall(r"`((?:tests|bench)/[\w/]+\.py)`", page.read_text("utf-8"))
    }
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []
