"""Sidecars: what they claim, and errors that name the field."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bwc.errors import InvalidInput
from bwc.intake.names import base_name
from bwc.intake.sidecar import NOTHING_CLAIMED, Claims, claims_from, combine, find_claims

NOON_IN_DENVER = datetime(2026, 3, 1, 19, tzinfo=UTC)

TIMES = {
    "with its own offset": ({"started_at": "2026-03-01T12:00:00-07:00"}, NOON_IN_DENVER),
    "local, with a zone": (
        {"started_at": "2026-03-01T12:00:00", "timezone": "America/Denver"},
        NOON_IN_DENVER,
    ),
    "with an offset that the zone does not change": (
        {"started_at": "2026-03-01T19:00:00Z", "timezone": "America/Denver"},
        NOON_IN_DENVER,
    ),
}

WRONG = {
    "start time without zone": ({"started_at": "2026-03-01T12:00:00"}, "started_at"),
    "start time in words": ({"started_at": "noon"}, "started_at"),
    "start time that the clock change repeats": (
        {"started_at": "2026-11-01T01:30:00", "timezone": "America/Denver"},
        "started_at",
    ),
    "start time that the clock change skips": (
        {"started_at": "2026-03-08T02:30:00", "timezone": "America/Denver"},
        "started_at",
    ),
    "zone that is none": ({"timezone": "Denver"}, "timezone"),
    "zone that is a path": ({"timezone": "../../etc/passwd"}, "timezone"),
    "start time before there were cameras": ({"started_at": "1969-12-31T23:59:59Z"}, "started_at"),
    "start time in another age": ({"started_at": "2200-01-01T00:00:00Z"}, "started_at"),
    "start time before the calendar": (
        {"started_at": "0001-01-01T00:00:00", "timezone": "Asia/Tokyo"},
        "started_at",
    ),
    "start time after the calendar": (
        {"started_at": "9999-12-31T23:59:59", "timezone": "America/Denver"},
        "started_at",
    ),
    "misspelt field": ({"offcer": "1204"}, "offcer"),
    "hash that is none": ({"sha256": "abc"}, "sha256"),
    "offset that is no number": ({"clock_offset_seconds": "fast"}, "clock_offset_seconds"),
    "offset without end": ({"clock_offset_seconds": "inf"}, "clock_offset_seconds"),
    "badge with a control character": ({"officer": "12\x0004"}, "officer"),
}


@pytest.mark.parametrize(("fields", "moment"), TIMES.values(), ids=TIMES.keys())
def test_a_start_time_is_placed_in_utc(fields: dict[str, object], moment: datetime) -> None:
    assert claims_from(fields, where="sidecar").device_started_at == moment


@pytest.mark.parametrize(("fields", "field"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_field_is_named(fields: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        claims_from(fields, where="sidecar clip.json")
    assert refused.value.where == f"sidecar clip.json, field {field}"


def test_numbers_and_empty_fields_are_read_as_a_person_means_them() -> None:
    claims = claims_from(
        {"officer": 1204, "camera": "", "clock_offset_seconds": "12.5"}, where="sidecar"
    )
    assert claims == Claims(officer="1204", clock_offset_seconds=12.5)


@pytest.mark.parametrize("name", ["clip.mp4.json", "clip.json"])
def test_a_json_sidecar_is_found_beside_the_video(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"officer": "1204"}')
    assert find_claims(tmp_path / "clip.mp4").officer == "1204"


def test_a_csv_sidecar_is_found_beside_the_video(tmp_path: Path) -> None:
    (tmp_path / "clip.csv").write_text("\ufeffofficer,camera\n1204,X-77\n", encoding="utf-8")
    assert find_claims(tmp_path / "clip.mp4") == Claims(officer="1204", camera="X-77")


def test_the_folder_sidecar_speaks_of_the_files_it_names_alone(tmp_path: Path) -> None:
    (tmp_path / "sidecar.csv").write_text("file,officer\na.mp4,1\nb.mp4,2\n")
    assert find_claims(tmp_path / "b.mp4").officer == "2"
    assert find_claims(tmp_path / "c.mp4") == NOTHING_CLAIMED


BROKEN = {
    "no JSON": ("clip.json", "{officer"),
    "JSON that is no set of fields": ("clip.json", "[1]"),
    "two rows": ("clip.csv", "officer\n1\n2\n"),
    "a value beyond the last column": ("clip.csv", "officer\n1,2\n"),
    "no text at all": ("clip.csv", "officer\n\x00\n"),
    "a number without end": ("clip.json", '{"officer": ' + "1" * 5000 + "}"),
    "brackets without end": ("clip.json", "[" * 200_000),
    "a field twice": ("clip.json", '{"officer": "1", "officer": "2"}'),
    "half of a character": ("clip.json", '{"\\ud800": "1"}'),
    "more than a sidecar holds": ("clip.json", " " * (1 << 20) + "{}"),
}


@pytest.mark.parametrize(("name", "text"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_sidecar_is_named(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InvalidInput, match=name):
        find_claims(tmp_path / "clip.mp4")


ENCODINGS = {
    "as Excel saves Unicode text": "officer\n1204\n".encode("utf-16"),
    "in an old code page": "officer\nJosé\n".encode("latin-1"),
}


@pytest.mark.parametrize("content", ENCODINGS.values(), ids=ENCODINGS.keys())
def test_a_sidecar_that_is_not_utf_8_is_named_and_not_guessed(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "clip.csv").write_bytes(content)
    with pytest.raises(InvalidInput, match=r"clip\.csv: the sidecar cannot be read"):
        find_claims(tmp_path / "clip.mp4")


def test_a_sidecar_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text('{"officer": "1"}')
    (tmp_path / "clip.json").symlink_to("secret")
    with pytest.raises(InvalidInput, match="the sidecar cannot be read"):
        find_claims(tmp_path / "clip.mp4")


def test_a_video_whose_name_leaves_no_room_for_a_sidecars_has_none(tmp_path: Path) -> None:
    assert find_claims(tmp_path / ("n" * 251 + ".mp4")) == NOTHING_CLAIMED


def test_an_error_repeats_a_wrong_value_only_in_part(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        claims_from({"officer": "A" * 900_000, "B" * 900_000: "x"}, where="sidecar")
    assert len(str(refused.value)) < 500


def test_two_sources_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(InvalidInput, match="field officer: the sender and the sidecar contradict"):
        combine(Claims(officer="1"), Claims(officer="2"), first="the sender", second="the sidecar")


def test_two_sources_complete_each_other() -> None:
    both = combine(Claims(officer="1"), Claims(camera="X"), first="one", second="other")
    assert both == Claims(officer="1", camera="X")


NAMES = {
    "../../etc/passwd": "passwd",
    "/etc/passwd": "passwd",
    "C:\\dock\\clip.mp4": "clip.mp4",
    "..": "unnamed",
    "": "unnamed",
    "clip.mp4/": "unnamed",
    "a\x00b\n.mp4": "ab.mp4",
    "cl\u202e4pm.exe": "cl4pm.exe",
    "n" * 300 + ".mp4": "n" * 196 + ".mp4",
    "bad\udcff.mp4": "bad?.mp4",
}


@pytest.mark.parametrize(("sent", "kept"), NAMES.items(), ids=range(len(NAMES)))
def test_a_name_is_a_label_that_leads_nowhere(sent: str, kept: str) -> None:
    assert base_name(sent) == kept
