"""Why a CSV file cannot be read as it is: what it is saved as, and what its first line lacks."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from bwc.coverage.cells import NO_COLUMN, NO_LINE, RowError

DELIMITERS = {";": "a semicolon", "\t": "a tab", "|": "a bar", ",": "a comma"}
MARKS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
UNMARKED = {(1, 0): "utf-16-le", (0, 1): "utf-16-be"}  # NUL at odd or at even places: ASCII text
LOOKED_AT = 64
HEADING_LINE = 1
NAME_IT = "Name a column so, or say in a mapping file (--mapping) which of yours it is"


def wide_encoding(path: Path) -> str | None:
    """The encoding of a file that is text, but not in bytes of one letter each; else None."""
    with path.open("rb") as stream:
        begins = stream.read(LOOKED_AT)
    for mark, encoding in MARKS.items():
        if begins.startswith(mark):
            return encoding
    nuls = [begins[place::2] for place in (0, 1)]
    whole = tuple(int(bool(part) and not any(part)) for part in reversed(nuls))
    return UNMARKED.get((whole[0], whole[1]))


def wrong_encoding(file: str, encoding: str) -> RowError:
    """The file is not saved as it is read."""
    return RowError(
        file,
        NO_LINE,
        NO_COLUMN,
        expected="UTF-8 text",
        got=f"text that looks like {encoding.upper()}",
        advice=f'Save it as UTF-8, or say encoding = "{encoding}" in a mapping file (--mapping)',
    )


def heading_problems(
    file: str, heading: Sequence[str], wanted: Iterable[str], *, delimiter: str
) -> list[RowError]:
    """Columns that are missing or stand twice; those without a name are nobody's."""
    names = list(wanted)
    if not any(heading):
        return [_empty(file, names)]
    missing = [name for name in names if name not in heading]
    other = _other_delimiter(heading, names) if missing else None
    if other is not None:
        return [_separated(file, delimiter, other)]
    found = legible(", ".join(heading))
    twice = sorted({name for name in heading if name and heading.count(name) > 1})
    return [
        *(
            RowError(file, HEADING_LINE, name, "a column of this name", found, NAME_IT)
            for name in missing
        ),
        *(
            RowError(
                file, HEADING_LINE, legible(name), "each column once", found, "Rename one of them"
            )
            for name in twice
        ),
    ]


def legible(text: str) -> str:
    """Text as it is, or escaped where a terminal could not show it."""
    return text if text.isprintable() else ascii(text)


def _empty(file: str, names: Sequence[str]) -> RowError:
    """There is no first line."""
    return RowError(
        file,
        HEADING_LINE,
        NO_COLUMN,
        expected=f"the columns {', '.join(names)}",
        got="an empty file or first line",
        advice="Export it again; a file that lists nothing still has its heading",
    )


def _other_delimiter(heading: Sequence[str], names: Sequence[str]) -> str | None:
    """What the only cell of a heading is really separated by, if that gives a wanted column."""
    whole = [cell for cell in heading if cell]
    if len(whole) != 1:
        return None
    for delimiter in DELIMITERS:
        parts = [part.strip().strip('"') for part in whole[0].split(delimiter)]
        if len(parts) > 1 and set(parts) & set(names):
            return delimiter
    return None


def _separated(file: str, delimiter: str, other: str) -> RowError:
    """The file is separated by something else."""
    return RowError(
        file,
        HEADING_LINE,
        NO_COLUMN,
        expected=f"columns separated by {DELIMITERS.get(delimiter, repr(delimiter))}",
        got=f"a line that looks as if it were separated by {DELIMITERS[other]} ({other!r})",
        advice=f"Save it so, or say delimiter = {_toml(other)} in a mapping file (--mapping)",
    )


def _toml(delimiter: str) -> str:
    """A delimiter as a mapping file writes it."""
    return r'"\t"' if delimiter == "\t" else f'"{delimiter}"'
