"""`bwc user`: accounts from the command line, whose passwords are never arguments."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bwc.catalog import schema
from bwc.catalog.store import Catalog
from bwc.cli.user import app
from tests.desk_ids import PASSWORD


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with an empty catalog, named by the environment."""
    monkeypatch.setenv("BWC_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    catalog = Catalog(f"sqlite:///{tmp_path / 'catalog.db'}")
    schema.upgrade(catalog)
    catalog.close()
    return tmp_path


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=typed)


def test_an_account_is_opened_listed_renewed_and_closed(home: Path) -> None:
    added = run("add", "rita", "--role", "records", "--json", typed=f"{PASSWORD}\n")
    assert added.exit_code == 0
    assert json.loads(added.stdout)["role"] == "records"
    assert run("password", "rita", typed=f"{PASSWORD} again\n").exit_code == 0
    assert run("deactivate", "rita").exit_code == 0
    listed = json.loads(run("list", "--json").stdout)
    assert [(user["username"], user["active"]) for user in listed] == [("rita", False)]


@pytest.mark.parametrize(
    ("arguments", "typed"),
    [
        (["add", "rita", "--role", "records"], "short\n"),
        (["add", "Rita!", "--role", "records"], f"{PASSWORD}\n"),
        (["add", "rita", "--role", "king"], f"{PASSWORD}\n"),
        (["add", "rita", "--role", "records", "--password", PASSWORD], ""),
        (["password", "nobody"], f"{PASSWORD}\n"),
        (["deactivate", "nobody"], ""),
    ],
)
def test_misuse_ends_with_two_and_a_sentence(home: Path, arguments: list[str], typed: str) -> None:
    result = run(*arguments, typed=typed)
    assert result.exit_code == 2
    assert result.stderr
    assert json.loads(run("list", "--json").stdout) == []


def test_a_house_that_was_never_set_up_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BWC_HOME", str(tmp_path / "nowhere"))
    monkeypatch.chdir(tmp_path)
    result = run("list")
    assert result.exit_code == 2
    assert "bwc db upgrade" in result.stderr
