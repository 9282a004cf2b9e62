"""What the sender says of a file: who recorded it, with which camera, when, and its hash.

It stands in a JSON or CSV file beside the video (`clip.mp4.json`, `clip.json`, the same with
`.csv`, or a row of `sidecar.csv` whose `file` names the video), in an upload's fields or in the
options of a command. Fields are strict: a misspelt one is an error, not a lost officer.
"""

import csv
import io
import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bwc.canonical import JsonObject
from bwc.clock import iso
from bwc.errors import InvalidInput
from bwc.ids import Sha256
from bwc.intake.names import base_name

FOLDER_SIDECAR = "sidecar.csv"
FILE_COLUMN = "file"
MAX_SIDECAR_BYTES = 1 << 20
MAX_OFFSET_SECONDS = 20 * 366 * 86_400  # a camera whose clock was never set
MAX_QUOTED = 100  # characters of a wrong value that an error repeats
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)  # no clock of a camera says less, or more:
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

_Name = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
]
_Hash = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[0-9a-fA-F]{64}$"),
]


@dataclass(frozen=True, slots=True)
class Claims:
    """What is claimed of a recording; None is unknown.

    `device_started_at` is what the camera's clock said at the first frame, in UTC;
    `clock_offset_seconds` is camera clock minus true time, as measured at `clock_measured_at`, or
    unknown when, then of this recording; `timezone` is the IANA name of where
    the camera was.
    """

    officer: str | None = None
    camera: str | None = None
    device_started_at: datetime | None = None
    timezone: str | None = None
    clock_offset_seconds: float | None = None
    clock_measured_at: datetime | None = None
    sha256: Sha256 | None = None

    def document(self) -> JsonObject:
        """The claims that were made, as the ledger keeps them."""
        started, measured = self.device_started_at, self.clock_measured_at
        made: JsonObject = {
            "officer": self.officer,
            "camera": self.camera,
            "device_started_at": iso(started) if started else None,
            "timezone": self.timezone,
            "clock_offset_seconds": self.clock_offset_seconds,
            "clock_measured_at": iso(measured) if measured else None,
            "sha256": self.sha256,
        }
        return {name: value for name, value in made.items() if value is not None}


NOTHING_CLAIMED = Claims()


class _Fields(BaseModel):
    """The fields of a sidecar as text brings them."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    officer: _Name | None = None
    camera: _Name | None = None
    started_at: _Name | None = None
    timezone: _Name | None = None
    clock_offset_seconds: float | None = Field(
        None, ge=-MAX_OFFSET_SECONDS, le=MAX_OFFSET_SECONDS, allow_inf_nan=False
    )
    clock_measured_at: _Name | None = None
    sha256: _Hash | None = None


def claims_from(document: Mapping[str, object], *, where: str) -> Claims:
    """The claims in a sidecar's fields; an empty field claims nothing.

    Args:
        document: the fields by name.
        where: what to call the sidecar in an error.

    Raises:
        InvalidInput: a field that is unknown or cannot be understood; the message names it.
    """
    given = {name: value for name, value in document.items() if value not in (None, "")}
    try:
        read = _Fields.model_validate(given)
    except ValidationError as exc:
        first = exc.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(
            first["msg"][:1].lower() + first["msg"][1:],
            where=f"{where}, field {_cut(field)}",
            got=_cut(repr(first["input"])),
            advice="Known fields: " + ", ".join(_Fields.model_fields),
        ) from exc
    zone = _zone(read.timezone, where=f"{where}, field timezone")
    started, measured = read.started_at, read.clock_measured_at
    return Claims(
        officer=read.officer,
        camera=read.camera,
        device_started_at=(
            place_time(started, zone, where=f"{where}, field started_at") if started else None
        ),
        timezone=read.timezone,
        clock_offset_seconds=read.clock_offset_seconds,
        clock_measured_at=(
            place_time(measured, zone, where=f"{where}, field clock_measured_at")
            if measured
            else None
        ),
        sha256=Sha256(read.sha256) if read.sha256 else None,
    )


def find_claims(video: Path) -> Claims:
    """What the sidecar beside `video` claims; nothing where there is none.

    Raises:
        InvalidInput: a sidecar is there and cannot be understood, or two contradict each other.
    """
    found = NOTHING_CLAIMED
    for sidecar in sidecars_of(video):
        document = _read(sidecar, video.name)
        if document is not None:
            name = base_name(sidecar.name)
            claims = claims_from(document, where=f"sidecar {name}")
            found = combine(found, claims, first="one sidecar", second=name)
    return found


def sidecars_of(video: Path) -> list[Path]:
    """The sidecar files that may speak of `video` and are there."""
    names = [f"{stem}{ending}" for stem in (video.name, video.stem) for ending in (".json", ".csv")]
    paths = [video.with_name(name) for name in [*names, FOLDER_SIDECAR]]
    return [
        path
        for path in dict.fromkeys(paths)
        if path != video and os.path.isfile(path)  # noqa: PTH113 - Path.is_file fails on a long name
    ]


def is_sidecar(path: Path) -> bool:
    """Whether `path` is named like a sidecar, and so is no recording itself."""
    return path.suffix.lower() in {".json", ".csv"}


def combine(one: Claims, other: Claims, *, first: str, second: str) -> Claims:
    """Both claims together.

    Args:
        one: what the first source says.
        other: what the second says.
        first: how to call the first source in an error.
        second: how to call the second.

    Raises:
        InvalidInput: they contradict each other; the message names the field.
    """
    merged = one
    for field in fields(Claims):
        ours, theirs = getattr(one, field.name), getattr(other, field.name)
        if ours is None:
            merged = replace(merged, **{field.name: theirs})
        elif theirs is not None and ours != theirs:
            raise InvalidInput(
                f"{first} and {second} contradict each other",
                where=f"field {field.name}",
                expected=str(ours),
                got=str(theirs),
            )
    return merged


def place_time(text: str, zone: ZoneInfo | None, *, where: str) -> datetime:
    """A written time as a moment in UTC.

    Args:
        text: ISO 8601; with an offset it stands alone, without one it is local to `zone`.
        zone: where it was written down, if that is known.
        where: the field, for an error.

    Raises:
        InvalidInput: not a time that a camera can have; without offset and zone; or a local time
            that a clock change makes happen twice or never.
    """
    try:
        moment = datetime.fromisoformat(text)
        in_utc = _local(moment, zone, where=where).astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise InvalidInput(
            "not a time",
            where=where,
            expected="ISO 8601 such as 2026-03-01T12:00:00-07:00",
            got=text,
        ) from exc
    if not EARLIEST <= in_utc < LATEST:
        raise InvalidInput(
            "no camera recorded then",
            where=where,
            expected=f"a time from {EARLIEST.year} to {LATEST.year}",
            got=text,
        )
    return in_utc


def _local(moment: datetime, zone: ZoneInfo | None, *, where: str) -> datetime:
    """A written time with its offset: its own, or the zone's at that time."""
    if moment.tzinfo is not None:
        return moment
    if zone is None:
        raise InvalidInput(
            "a start time without offset or time zone cannot be placed",
            where=where,
            expected="an offset such as -07:00, or a timezone field such as America/Denver",
            got=moment.isoformat(),
        )
    early, late = (moment.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if early != late:
        raise InvalidInput(
            f"the clock change in {zone.key} makes this local time happen twice or never",
            where=where,
            expected="an offset such as -07:00",
            got=moment.isoformat(),
        )
    return moment.replace(tzinfo=zone)


def _zone(name: str | None, *, where: str) -> ZoneInfo | None:
    """The time zone of that IANA name."""
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError) as exc:
        raise InvalidInput(
            "not a time zone", where=where, expected="an IANA name such as America/Denver", got=name
        ) from exc


def _read(sidecar: Path, video_name: str) -> Mapping[str, object] | None:
    """The fields of `sidecar` that speak of the video; None where it does not name it."""
    name = base_name(sidecar.name)
    reader: Callable[[str, str, str], Mapping[str, object] | None] = (
        _read_json if sidecar.suffix.lower() == ".json" else _read_csv
    )
    try:
        content = _read_bytes(sidecar)
        if len(content) > MAX_SIDECAR_BYTES:
            raise InvalidInput(
                "too large for a sidecar", where=name, expected=f"{MAX_SIDECAR_BYTES} bytes"
            )
        return reader(content.decode("utf-8-sig"), name, video_name)
    except (OSError, ValueError, csv.Error, RecursionError) as exc:
        why = exc.strerror if isinstance(exc, OSError) else str(exc)
        raise InvalidInput(
            "the sidecar cannot be read", where=name, expected="JSON or CSV in UTF-8", got=why
        ) from exc


def _read_bytes(sidecar: Path) -> bytes:
    """What lies in the sidecar, one byte more than is taken; a link is not followed."""
    descriptor = os.open(sidecar, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("not a regular file")
        return file.read(MAX_SIDECAR_BYTES + 1)


def _cut(text: str) -> str:
    """`text` as an error may repeat it."""
    return text if len(text) <= MAX_QUOTED else text[:MAX_QUOTED] + "…"


def _read_json(text: str, where: str, _video_name: str) -> Mapping[str, object]:
    """The fields of a JSON sidecar."""
    document = json.loads(text, object_pairs_hook=_each_once)
    if not isinstance(document, dict):
        raise InvalidInput("the sidecar is not a set of fields", where=where, expected="{...}")
    return document


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object whose names are all different: of two values neither is the true one."""
    once: dict[str, object] = {}
    for name, value in pairs:
        if name in once:
            raise ValueError(f"{_cut(repr(name))} stands in it twice")
        once[name] = value
    return once


def _read_csv(text: str, where: str, video_name: str) -> Mapping[str, object] | None:
    """The one row of a CSV sidecar that speaks of the video."""
    speaking = {video_name} if where == FOLDER_SIDECAR else {video_name, ""}
    rows = [row for row in _rows(text) if str(row.pop(FILE_COLUMN, None) or "").strip() in speaking]
    if len(rows) > 1:
        raise InvalidInput("more than one row speaks of this file", where=where, got=str(len(rows)))
    return rows[0] if rows else None


def _rows(text: str) -> Iterator[dict[str, object]]:
    """The rows of a CSV text; a value beyond the last column gets a name that no field has."""
    for row in csv.DictReader(io.StringIO(text), restkey="(beyond the last column)", strict=True):
        yield dict(row)
