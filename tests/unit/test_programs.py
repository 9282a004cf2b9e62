"""What an embedded house starts, and that the portal is told of nothing but the public store."""

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from bwc.catalog.job import Queue
from bwc.jobs.kinds import QUEUE_OF, JobKind
from bwc.settings import Broker, Catalog, Intake, Jobs, Settings, Store, VaultStore, load_settings
from workers.broker import place_broker
from workers.programs import Program, environment_of, lanes, programs
from workers.steps import STEPS


def settings_in(home: Path) -> Settings:
    """A house whose every secret has a value."""
    return Settings(
        home=home,
        catalog=Catalog(url=SecretStr("postgresql+psycopg://bwc:catalog-secret@host/bwc")),
        broker=Broker(url=SecretStr("redis://:broker-secret@host/0")),
        vault=VaultStore(
            bucket="vault",
            access_key=SecretStr("vault-key"),
            secret_key=SecretStr("vault-secret"),
        ),
        public=Store(
            bucket="public",
            access_key=SecretStr("public-key"),
            secret_key=SecretStr("public-secret"),
        ),
        jobs=Jobs(lease_seconds=7.5, concurrency=3),
    )


def started(settings: Settings) -> dict[str, Program]:
    return {program.name: program for program in programs(settings, workers="here")}


def test_the_portal_is_given_the_public_store_and_not_a_word_of_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BWC_CATALOG__URL", "postgresql://from-the-shell")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "from-the-shell")
    portal = started(settings_in(tmp_path))["portal"]
    assert portal.environment["BWC_PUBLIC__SECRET_KEY"] == "public-secret"
    told = " ".join([*portal.environment, *portal.environment.values(), *portal.command])
    for word in ("vault", "VAULT", "CATALOG", "catalog", "BROKER", "broker", "from-the-shell"):
        assert word not in told.replace(str(tmp_path), ""), word
    assert portal.folder == tmp_path / "public"


def test_every_other_program_reads_the_very_settings_it_was_started_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in(tmp_path)
    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    read = load_settings()
    assert environment_of(read) == environment_of(settings)
    assert read.jobs == settings.jobs
    assert read.vault.secret_key == settings.vault.secret_key
    assert read.department == settings.department


def test_every_queue_has_one_lane_and_a_release_never_waits_for_a_render(tmp_path: Path) -> None:
    queues = [queue for lane in lanes(settings_in(tmp_path)) for queue in lane.queues]
    assert sorted(queues) == sorted(Queue)
    beside_render = next(
        lane for lane in lanes(settings_in(tmp_path)) if Queue.RENDER in lane.queues
    )
    assert Queue.RELEASE not in beside_render.queues
    assert Queue.INTAKE not in beside_render.queues


def test_every_kind_of_job_has_a_step_and_a_queue() -> None:
    assert set(STEPS) == set(JobKind) == set(QUEUE_OF)


def test_the_watch_folder_is_watched_where_one_is_set(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    assert "watch" not in started(settings)
    watching = settings.model_copy(update={"intake": Intake(watch_folder=tmp_path / "in")})
    assert started(watching)["watch"].environment["BWC_INTAKE__WATCH_FOLDER"] == str(
        tmp_path / "in"
    )


def test_the_broker_listens_on_a_socket_in_a_folder_of_its_owner_alone(tmp_path: Path) -> None:
    place = place_broker(Settings(home=tmp_path / "a house"))
    assert stat.S_IMODE(place.socket.parent.stat().st_mode) == 0o700
    assert place.socket == tmp_path / "a house" / "broker" / "valkey.sock"
    assert place.url.endswith("/a%20house/broker/valkey.sock")
    assert place.command[place.command.index("--port") + 1] == "0"


def test_a_home_too_deep_for_a_socket_gets_a_short_folder_that_is_removed(tmp_path: Path) -> None:
    place = place_broker(Settings(home=tmp_path / ("deep" * 25)))
    assert place.is_temporary
    assert len(str(place.socket)) <= 100
    assert stat.S_IMODE(place.socket.parent.stat().st_mode) == 0o700
    place.remove()
    assert not place.socket.parent.exists()
