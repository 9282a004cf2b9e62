"""How a city's own export is read as the documented files: a mapping file in TOML.

Each table of the file is one documented file without `.csv`; docs/coverage.md has an example. A
column that the mapping does not name is read from the city's column of the same name.
"""

import tomllib
from datetime import datetime
from functools import cached_property
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Annotated, Final, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bwc.clock import read_iso
from bwc.errors import InvalidInput

COLUMNS: Final = {
    "officers": ("badge", "name", "unit", "sworn"),
    "cameras": ("serial", "model", "pre_event_seconds", "out_of_service"),
    "assignments": ("camera", "badge", "start", "end"),
    "shifts": ("badge", "start", "end"),
    "calls": ("number", "type", "priority", "received", "cancelled", "district", "incident"),
    "call_units": ("call", "badge", "dispatched", "arrived", "cleared"),
    "recordings": ("id", "camera", "start", "seconds", "clock_offset_seconds", "source"),
}
TIMES: Final = frozenset(
    {"start", "end", "received", "dispatched", "arrived", "cleared", "out_of_service"}
)
ADVICE = "Mend the mapping file; docs/coverage.md has a complete one"

Text = Annotated[str, Field(min_length=1)]


class FileMapping(BaseModel):
    """One documented file: where it is read from, and how its columns are made.

    `columns` gives for a documented column the city's one, `constants` a value for every row;
    `values` gives for a column, by documented value, the city's values that mean it: others are
    refused, but for the columns in `keep`. `time_format` is as `strptime` has it; without one,
    times are ISO 8601.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: Text
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: Text = "utf-8-sig"
    time_format: str | None = None
    columns: dict[str, Text] = {}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, list[str]]] = {}
    keep: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_each_thing_once(self) -> Self:
        """A column comes from one place, a city's value means one thing, the encoding exists."""
        if both := sorted(self.columns.keys() & self.constants.keys()):
            raise ValueError(f"{both[0]} is both a column and a constant")
        for column, meanings in self.values.items():
            every = [one for those in meanings.values() for one in those]
            if twice := sorted({one for one in every if every.count(one) > 1}):
                raise ValueError(f"{twice[0]!r} of {column} means two things")
        if lost := sorted(set(self.keep) - self.values.keys()):
            raise ValueError(f"{lost[0]} is to be kept and has no values to translate")
        try:
            TextIOWrapper(BytesIO(), encoding=self.encoding)
        except LookupError:
            raise ValueError(f"no encoding is called {self.encoding!r}") from None
        return self

    @cached_property
    def meaning(self) -> dict[str, dict[str, str]]:
        """For a documented column, what each of the city's values means."""
        return {
            column: {one: meant for meant, those in meanings.items() for one in those}
            for column, meanings in self.values.items()
        }


class Mapping(BaseModel):
    """A whole mapping file. `zone` names how times without an offset are read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zone: str | None = None
    officers: FileMapping | None = None
    cameras: FileMapping | None = None
    assignments: FileMapping | None = None
    shifts: FileMapping | None = None
    calls: FileMapping | None = None
    call_units: FileMapping | None = None
    recordings: FileMapping | None = None

    @model_validator(mode="after")
    def _names_what_there_is(self) -> Self:
        """The zone exists, and every column is one that the file has."""
        if self.zone is not None:
            try:
                ZoneInfo(self.zone)
            except (ZoneInfoNotFoundError, ValueError):
                raise ValueError(f"zone: no time zone is called {self.zone!r}") from None
        for name, columns in COLUMNS.items():
            part = self.of(f"{name}.csv")
            named = {} if part is None else part.columns | part.constants | part.values
            if unknown := sorted(named.keys() - set(columns)):
                raise ValueError(
                    f"{name}: no column is called {unknown[0]!r}, but {', '.join(columns)}"
                )
        return self

    def of(self, file: str) -> FileMapping | None:
        """What is said of one documented file, such as `calls.csv`."""
        found: FileMapping | None = getattr(self, file.removesuffix(".csv"))
        return found


def source_name(file: str, mapping: Mapping | None) -> str:
    """The name of the file that a documented one is read from."""
    part = None if mapping is None else mapping.of(file)
    return file if part is None else part.file


def load_mapping(path: Path, *, called: str | None = None) -> Mapping:
    """Read a mapping file; `called` is its name to whoever sent it, where that is not its path.

    Raises:
        InvalidInput: it cannot be read, or says something that nobody understands.
    """
    named = called or str(path)
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as exc:
        raise InvalidInput("the mapping file cannot be read", where=named) from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise InvalidInput(
            "not a mapping file", where=named, expected="TOML", got=str(exc), advice=ADVICE
        ) from exc
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        got = "" if isinstance(first["input"], dict) else repr(first["input"])
        raise InvalidInput(
            "the mapping says something that is not understood",
            where=f"{named}{', ' if place else ''}{place}",
            expected=_expected(first["type"], first["msg"], first["loc"]),
            got=got or None,
            advice=ADVICE,
        ) from exc


def localize(text: str, zone: ZoneInfo | None, time_format: str | None) -> datetime:
    """A time of the export, with its offset.

    Raises:
        ValueError: what would have been right, in words.
    """
    wanted = "an ISO 8601 time" if time_format is None else f"a time like {time_format}"
    try:
        moment = (
            read_iso(text) if time_format is None else datetime.strptime(text, time_format)  # noqa: DTZ007  the zone comes below
        )
    except ValueError:
        raise ValueError(wanted) from None
    if moment.tzinfo is not None:
        return moment
    if zone is None:
        raise ValueError(f"{wanted} with offset, or a `zone` in the mapping")
    first, second = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        if first.utcoffset() > second.utcoffset():  # type: ignore[operator]
            raise ValueError(f"a time that happened once in {zone.key}, or one with offset")
        raise ValueError(f"a time that happened in {zone.key}: the clocks leapt over it")
    return first


def _expected(kind: str, message: str, where: tuple[int | str, ...]) -> str:
    """What would have been right."""
    if kind != "extra_forbidden":
        return message.removeprefix("Value error, ")
    model = FileMapping if len(where) > 1 else Mapping
    return f"one of {', '.join(model.model_fields)}"
