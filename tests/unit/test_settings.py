"""Settings: a misspelt name or a wrong value stops the start, and says which."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.portal.app import create_app
from bwc.cli.main import build
from bwc.errors import InvalidInput
from bwc.settings import load_settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without an `.env` of ours."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


WRONG = {
    "a misspelt group": (
        {"BWC_VALUT__FOLDER": "/evidence"},
        "there is no BWC_VALUT__FOLDER (is BWC_VAULT__FOLDER meant?)",
    ),
    "a misspelt setting": (
        {"BWC_VAULT__FODLER": "/evidence"},
        "there is no BWC_VAULT__FODLER (is BWC_VAULT__FOLDER meant?)",
    ),
    "a name like no other": ({"BWC_QQQ": "1"}, "there is no BWC_QQQ."),
    "a name in small letters": ({"bwc_valut__folder": "/x"}, "there is no BWC_VALUT__FOLDER"),
    "a wrong value": ({"BWC_PORTAL__PORT": "web"}, "BWC_PORTAL__PORT: input should be a valid"),
    "a word that is found in everything": (
        {"BWC_DEPARTMENT__ASSEMBLY_WORDS": '["protest*", "*"]'},
        "BWC_DEPARTMENT__ASSEMBLY_WORDS: value error, expected a letter or digit",
    ),
    "a time zone that does not exist": (
        {"BWC_DEPARTMENT__TIMEZONE": "Amercia/Denver"},
        "BWC_DEPARTMENT__TIMEZONE: value error, expected an iana time zone",
    ),
}


@pytest.mark.parametrize(("variables", "words"), WRONG.values(), ids=WRONG.keys())
def test_a_setting_that_cannot_be_used_stops_the_start_and_is_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], words: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InvalidInput) as caught:
        load_settings()
    assert words in str(caught.value)


def test_a_misspelt_line_of_the_env_file_is_named(folder: Path) -> None:
    (folder / ".env").write_text("BWC_VALUT__FOLDER=/evidence\n")
    with pytest.raises(InvalidInput, match="there is no BWC_VALUT__FOLDER"):
        load_settings()


def test_all_faults_are_named_at_once_and_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BWC_VAULT__SECRET_KYE", "hunter2")
    monkeypatch.setenv("BWC_PORTAL__PORT", "web")
    with pytest.raises(InvalidInput) as caught:
        load_settings()
    assert "BWC_VAULT__SECRET_KYE" in str(caught.value)
    assert "BWC_PORTAL__PORT" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_the_portal_does_not_start_on_a_misspelt_setting_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BWC_PUBILC__BUCKET", "bwc-public")
    with pytest.raises(InvalidInput, match="is BWC_PUBLIC__BUCKET meant"):
        create_app()


def test_a_group_may_come_as_one_json_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BWC_PORTAL", '{"port": 9000}')
    assert load_settings().portal.port == 9000


def test_a_command_says_so_in_one_sentence_and_ends_as_misuse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BWC_VALUT__FOLDER", "/evidence")
    ended = CliRunner().invoke(build(["db", "status"]), ["db", "status"])
    assert ended.exit_code == 2
    assert ended.stderr.startswith("bwc: these settings cannot be used: there is no BWC_VALUT")
