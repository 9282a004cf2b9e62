"""The programs of an embedded house: what runs, where, and with how much of the environment."""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, SecretStr

from bwc.catalog.job import Queue
from bwc.settings import Settings, Web

# What any program needs to start; everything else that a program of ours gets is a setting.
BASIC_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")
PORTAL_SETTINGS = ("BWC_PUBLIC__", "BWC_INBOX__", "BWC_PORTAL__", "BWC_DEPARTMENT__", "BWC_LOG_")
GRACEFUL_SECONDS = "3"  # an open video stream is cut after that


@dataclass(frozen=True, slots=True)
class Program:
    """One program: its name in the log, its command, its whole environment, its folder."""

    name: str
    command: list[str]
    environment: dict[str, str]
    folder: Path


@dataclass(frozen=True, slots=True)
class Lane:
    """One worker process and its queues. Lanes never wait for each other."""

    name: str
    queues: tuple[Queue, ...]
    concurrency: int


def lanes(settings: Settings) -> list[Lane]:
    """The embedded workers: a release passes a long render, since they stand in other lanes."""
    return [
        Lane("footage", (Queue.ANALYSIS, Queue.RENDER), settings.jobs.concurrency),
        Lane("intake", (Queue.INTAKE,), 1),
        Lane("release", (Queue.RELEASE, Queue.UPKEEP), 1),
    ]


def programs(settings: Settings, *, workers: str, worker_module: str = "workers") -> list[Program]:
    """All programs but the broker, in the order in which they start.

    Args:
        settings: those of this house; `broker.url` names the broker that runs.
        workers: what the workers' names start with.
        worker_module: what is run as a worker, with the options of `python -m workers`.
    """
    home = settings.home.resolve()
    staff = {**os.environ, **environment_of(settings)}
    python = sys.executable
    started = [
        Program(
            f"worker {lane.name}",
            [
                *(python, "-m", worker_module),
                *("--name", f"{workers}.{lane.name}"),
                *("--concurrency", str(lane.concurrency)),
                *("--queues", *(queue.value for queue in lane.queues)),
            ],
            staff,
            home,
        )
        for lane in lanes(settings)
    ]
    started.append(Program("sweeper", [python, "-m", "workers.sweeper"], staff, home))
    if settings.intake.watch_folder is not None:
        started.append(Program("watch", [python, "-m", "bwc.intake.watch"], staff, home))
    desk = _web("api.desk.app:create_app", settings.desk)
    started.append(Program("desk", desk, staff, home))
    portal = _web("api.portal.app:create_app", settings.portal)
    public = settings.public_folder
    started.append(Program("portal", portal, portal_environment(settings), public))
    return started


def portal_environment(settings: Settings) -> dict[str, str]:
    """What the portal is given: public store, inbox and its own address, and not a word more.

    It has no path or credential of the catalog, the vault or the broker. It also runs in the
    public folder, where there is no `.env` to read.
    """
    basic = {name: os.environ[name] for name in BASIC_VARIABLES if name in os.environ}
    own = environment_of(settings)
    return basic | {name: own[name] for name in own if name.startswith(PORTAL_SETTINGS)}


def environment_of(settings: Settings) -> dict[str, str]:
    """The `BWC_*` variables that make `load_settings` give these settings in any folder."""
    stores = {
        "BWC_HOME": str(settings.home.resolve()),
        "BWC_VAULT__FOLDER": str(settings.vault_folder),
        "BWC_PUBLIC__FOLDER": str(settings.public_folder),
        "BWC_INBOX__FOLDER": str(settings.inbox_folder),
    }
    return _variables(settings, "BWC_") | stores


def _variables(group: BaseModel, prefix: str) -> dict[str, str]:
    """The variables of one group and those below it; what is unset is left out."""
    found: dict[str, str] = {}
    for name, value in group:
        variable = prefix + name.upper()
        if isinstance(value, BaseModel):
            found |= _variables(value, f"{variable}__")
        elif isinstance(value, SecretStr):
            found[variable] = value.get_secret_value()
        elif isinstance(value, Path):
            found[variable] = str(value.resolve())
        elif isinstance(value, list | bool):
            found[variable] = json.dumps(value)
        elif value is not None:
            found[variable] = str(value)
    return found


def _web(factory: str, web: Web) -> list[str]:
    """How one of the two applications is served."""
    return [
        *(sys.executable, "-m", "uvicorn", "--factory", factory),
        *("--host", web.host, "--port", str(web.port)),
        *("--log-level", "warning", "--no-access-log"),
        *("--timeout-graceful-shutdown", GRACEFUL_SECONDS),
    ]
