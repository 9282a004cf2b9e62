"""Every setting, read once where a process starts, from `BWC_*` variables or an `.env` file.

Nested groups are joined by `__`: `BWC_PORTAL__PORT=8080`. Each setting is listed in
`.env.example`; a test holds the two together. A misspelt name stops the process: evidence must not
land in a default folder because of a typing error.
"""

import difflib
import os
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bwc.errors import InvalidInput

PREFIX = "BWC_"
NESTED = "__"

Told = TypeVar("Told", bound=BaseSettings)


def _require_zone(name: str) -> str:
    """Refuse the name of a time zone that does not exist."""
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError) as exc:
        raise ValueError("expected an IANA time zone such as America/Denver") from exc
    return name


def _require_letters(words: list[str] | None) -> list[str] | None:
    """Refuse a word that would be found in everything."""
    if words is not None and not all(any(map(str.isalnum, word)) for word in words):
        raise ValueError("expected a letter or digit in every word")
    return words


class Group(BaseModel):
    """A group of settings; an unknown name is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Department(Group):
    """Whose footage this is."""

    name: str = "Demo Police Department"
    timezone: Annotated[str, AfterValidator(_require_zone)] = "America/Denver"
    packs: list[str] = Field(default=["us-co"], description="Policy packs in force, base first")
    policies: Path | None = Field(None, description="Folder of packs; default: those shipped")
    assembly_words: Annotated[list[str] | None, AfterValidator(_require_letters)] = Field(
        None, description="Words of types of calls that are assemblies; default: docs/coverage.md"
    )


class Catalog(Group):
    """Where rows live."""

    url: SecretStr | None = Field(None, description="SQLAlchemy URL; default: SQLite in home")


class Store(Group):
    """One object store: a local folder, or an S3 bucket when `bucket` is set."""

    folder: Path | None = Field(None, description="Local folder; default: a folder in home")
    bucket: str | None = None
    prefix: str = Field("", description="What all keys in the bucket start with")
    endpoint: str | None = Field(None, description="S3 endpoint URL; default: AWS")
    region: str = "us-east-1"
    access_key: SecretStr | None = None
    secret_key: SecretStr | None = None


class LockMode(StrEnum):
    """How hard an object lock is: COMPLIANCE binds everyone, GOVERNANCE all but a named right."""

    COMPLIANCE = "COMPLIANCE"
    GOVERNANCE = "GOVERNANCE"


class VaultStore(Store):
    """The vault, whose objects are locked where its bucket keeps object locks."""

    lock_mode: LockMode = LockMode.COMPLIANCE
    lock_days: int = Field(90, ge=1, description="Least retention: 50 ILCS 706/10-20, 90 days")


class Broker(Group):
    """What wakes the workers; it needs no durability."""

    url: SecretStr | None = Field(None, description="Celery broker; default: embedded Valkey")


class Jobs(Group):
    """How long a job may be silent, and how often it is tried."""

    lease_seconds: float = Field(15.0, gt=0, description="A silent job is taken over after this")
    heartbeat_seconds: float = Field(3.0, gt=0, description="How often a running job reports")
    sweep_seconds: float = Field(1.0, gt=0, description="How often lost messages are looked for")
    backoff_seconds: float = Field(2.0, gt=0, description="First wait before a retry; doubles")
    concurrency: int = Field(2, ge=1, description="Footage jobs at once: analysis, rendering")
    share: int = Field(2, ge=1, description="Most workers on one long recording; 1: never shared")


class Redaction(Group):
    """How people in footage are told apart."""

    likeness: bool = Field(
        default=True,
        description="Group tracks by how faces look, in memory only; false: by place alone",
    )


class Retention(Group):
    """How footage is destroyed when it may be."""

    delay_days: int = Field(14, ge=1, description="Days from approval of a disposal to deletion")


class Web(Group):
    """Where one of the two applications listens."""

    host: str = "127.0.0.1"
    port: int
    base_url: str | None = Field(None, description="Public address; default: http://host:port")


class Desk(Web):
    """The staff's application."""

    port: int = 8081
    idle_lock_minutes: int = Field(30, le=30, gt=0, description="CJIS Security Policy: at most 30")
    secure_cookies: bool = Field(
        default=False, description="Set where the desk is served over https"
    )
    login_attempts: int = Field(5, ge=1, description="Wrong passwords or codes before the lock")
    login_lock_minutes: int = Field(15, ge=1)
    second_factor: bool = Field(
        default=False,
        description="Whether everyone needs a second factor to approve, withdraw, destroy, administer",
    )


class Portal(Web):
    """The public's application."""

    port: int = 8080
    letters_per_hour: int = Field(
        10, ge=1, description="Complaints and requests taken from one address"
    )


class Intake(Group):
    """Limits on what is read from outside."""

    watch_folder: Path | None = Field(None, description="Files that appear here are ingested")
    max_bytes: int = Field(200 * 2**30, gt=0, description="Largest file accepted")
    reserve_bytes: int = Field(256 * 2**20, ge=0, description="Disk kept free")
    probe_cpu_seconds: int = Field(60, gt=0, description="CPU limit of the probing child")
    probe_memory_bytes: int = Field(4 * 2**30, gt=0, description="Memory limit of that child")


class Settings(BaseSettings):
    """All settings of one process."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=NESTED,
        env_file=".env",
        extra="forbid",
        frozen=True,
    )

    home: Path = Field(Path(".bwc"), description="Folder of everything embedded")
    models: Path | None = Field(None, description="Model cache; default: a user cache folder")
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["info", "warning"] = "info"
    department: Department = Department()
    catalog: Catalog = Catalog()
    vault: VaultStore = VaultStore()
    public: Store = Store()
    inbox: Store = Store()
    inbox_key: SecretStr | None = Field(
        None, description="Private key of the inbox, base64; default: a file in home"
    )
    house_key: SecretStr | None = Field(
        None, description="Key that seals secrets in the catalog, base64; default: a file in home"
    )
    broker: Broker = Broker()
    jobs: Jobs = Jobs()
    redaction: Redaction = Redaction()
    retention: Retention = Retention()
    desk: Desk = Desk()
    portal: Portal = Portal()
    intake: Intake = Intake()

    @property
    def catalog_url(self) -> str:
        """The SQLAlchemy URL of the catalog."""
        if self.catalog.url is not None:
            return self.catalog.url.get_secret_value()
        return f"sqlite:///{self.home.resolve() / 'catalog.db'}"

    @property
    def vault_folder(self) -> Path:
        """The local vault's folder."""
        return (self.vault.folder or self.home / "vault").resolve()

    @property
    def public_folder(self) -> Path:
        """The local public store's folder."""
        return (self.public.folder or self.home / "public").resolve()

    @property
    def inbox_folder(self) -> Path:
        """The local inbox's folder."""
        return (self.inbox.folder or self.home / "inbox").resolve()

    @property
    def spool_folder(self) -> Path:
        """Where the pieces of unfinished uploads wait."""
        return (self.home / "spool").resolve()

    @property
    def broker_socket(self) -> Path:
        """The embedded broker's unix socket."""
        return self.home.resolve() / "broker" / "valkey.sock"

    @property
    def broker_url(self) -> str:
        """The Celery broker URL."""
        if self.broker.url is not None:
            return self.broker.url.get_secret_value()
        return f"redis+socket://{self.broker_socket}"

    @property
    def models_folder(self) -> Path:
        """Where model files are cached."""
        return (self.models or Path.home() / ".cache" / "bwc" / "models").resolve()


def load_settings() -> Settings:
    """Read the settings of this process from the environment and `.env`; raises InvalidInput."""
    return read_settings(Settings)


def read_settings(kind: Callable[[], Told]) -> Told:
    """The settings, or the part of them that a process may know.

    Raises:
        InvalidInput: a setting that does not exist, or has a value it cannot have; all are named.
    """
    faults = _unknown(name.upper() for name in os.environ)
    try:
        settings = kind()
    except ValidationError as exc:
        faults += _faults(exc)
    else:
        if not faults:
            return settings
    raise InvalidInput(
        "these settings cannot be used: " + "; ".join(dict.fromkeys(faults)),
        advice="Every setting stands in .env.example",
    )


def setting_names(model: type[BaseModel] = Settings, prefix: str = PREFIX) -> Iterator[str]:
    """Every variable that `model` reads."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from setting_names(kind, f"{prefix}{name.upper()}{NESTED}")
        else:
            yield prefix + name.upper()


def _unknown(names: Iterator[str]) -> list[str]:
    """What is wrong with those of `names` that look like settings and are none."""
    known = set(setting_names())
    groups = {name.rpartition(NESTED)[0] for name in known}  # a whole group may come as JSON
    return [_no_such(n) for n in names if n.startswith(PREFIX) and n not in known | groups]


def _no_such(name: str) -> str:
    """The sentence about a setting that does not exist."""
    near = difflib.get_close_matches(name, setting_names(), n=1)
    return f"there is no {name}" + (f" (is {near[0]} meant?)" if near else "")


def _faults(error: ValidationError) -> list[str]:
    """One sentence per fault; values are left out, for they may be secrets."""
    faults = []
    for fault in error.errors():
        name = PREFIX + NESTED.join(str(part) for part in fault["loc"]).upper().removeprefix(PREFIX)
        unknown = fault["type"] == "extra_forbidden"
        faults.append(_no_such(name) if unknown else f"{name}: {fault['msg'].lower()}")
    return faults
