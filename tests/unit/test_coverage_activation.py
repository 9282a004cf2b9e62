"""When cameras must run is read from a policy pack, never from the code."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bwc.cli.coverage import app
from bwc.coverage.activation import load_activation_rule
from bwc.coverage.department import Call, CallUnit, Camera, Department, Officer
from bwc.coverage.expected import Begin, Exclusion, officer_calls
from bwc.errors import InvalidInput, NotFound
from bwc.policy.shipped import SHIPPED
from tests.departments import MIDNIGHT, write_department

HEAD = """\
id: us-xx
title: A state
version: "2026-01-01"
jurisdiction: A state
authority: state_statute
timezone: America/Denver
"""
ACTIVATION = """\
activation:
  from: {begin}
  to: clear
  buffer_seconds: 30
  must: [call_for_service]
  exempt: [motorist_assist, long_break]
  citation: Code 1-2-3
  basis: design
"""
CALL = Call("26-1", "alarm", 1, MIDNIGHT, cancelled=False)
STAY = CallUnit(
    "26-1",
    "7",
    dispatched=MIDNIGHT + timedelta(minutes=1),
    arrived=MIDNIGHT + timedelta(minutes=5),
    cleared=MIDNIGHT + timedelta(minutes=10),
)


def pack(folder: Path, *, begin: str | None) -> Path:
    """A folder with one pack, with or without an activation section."""
    home = folder / "us-xx"
    home.mkdir(parents=True)
    text = HEAD if begin is None else HEAD + ACTIVATION.format(begin=begin)
    (home / "pack.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("begin", "taken"),
    [
        ("dispatch", Begin.DISPATCH),
        ("arrival", Begin.ARRIVAL),
        ("first_contact", Begin.ARRIVAL),
    ],
)
def test_the_pack_says_where_the_expected_span_begins(
    tmp_path: Path, begin: str, taken: Begin
) -> None:
    rule = load_activation_rule("us-xx", pack(tmp_path, begin=begin))
    assert (rule.begins, rule.lead) == (taken, timedelta(seconds=30))
    assert rule.reference.endswith(
        "30 s before it included: activation rule of us-xx 2026-01-01, Code 1-2-3"
    )


def test_a_call_of_a_type_that_the_pack_exempts_is_excluded_and_shown(tmp_path: Path) -> None:
    rule = load_activation_rule("us-xx", pack(tmp_path, begin="arrival"))
    [call] = officer_calls([replace(CALL, type="Motorist Assist")], [STAY], rule=rule)
    assert (call.expected, call.exclusion) == (None, Exclusion.EXEMPT_TYPE)


@pytest.mark.parametrize("kind", ["Test", "test call", "Call-back", "CALLBACK"])
def test_a_pack_expects_nothing_of_test_and_call_back_calls(tmp_path: Path, kind: str) -> None:
    rule = load_activation_rule("us-xx", pack(tmp_path, begin="arrival"))
    [call] = officer_calls([replace(CALL, type=kind)], [STAY], rule=rule)
    assert (call.expected, call.exclusion) == (None, Exclusion.NO_SERVICE)


@pytest.mark.parametrize("name", ["us-co", "us-il"])
def test_the_shipped_packs_say_when_cameras_must_run(name: str) -> None:
    rule = load_activation_rule(name, SHIPPED)
    assert rule.begins is Begin.ARRIVAL
    assert rule.lead == timedelta(seconds=30 if name == "us-il" else 0)


def test_a_pack_without_activation_rule_and_an_unknown_pack_are_refused(tmp_path: Path) -> None:
    folder = pack(tmp_path, begin=None)
    with pytest.raises(InvalidInput, match="no activation rule"):
        load_activation_rule("us-xx", folder)
    with pytest.raises(NotFound):
        load_activation_rule("us-yy", folder)


def test_measure_expects_what_the_pack_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BWC_DEPARTMENT__POLICIES", str(pack(tmp_path / "packs", begin="dispatch")))
    department = Department(
        officers=[Officer("7", "Ann Lee", "Patrol", sworn=True)],
        cameras=[Camera("cam-1", "X1", 30)],
        assignments=[],
        shifts=[],
        calls=[CALL],
        call_units=[STAY],
        recordings=[],
    )
    write_department(tmp_path, department)
    command = ["measure", "--from", str(tmp_path), "--rules", "us-xx", "--json"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)[0]["expected_seconds"] == 9 * 60 + 30
    unknown = CliRunner().invoke(app, [*command[:-2], "us-yy", "--json"])
    assert unknown.exit_code == 2
