"""A dock for tests: a real vault in a folder, a clock that stands still, people and cameras."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from bwc.catalog.custody import CustodyEntry
from bwc.catalog.store import Catalog
from bwc.catalog.tables import Assignment, Camera, Job, Officer, Recording
from bwc.clock import FixedClock
from bwc.intake.dock import Dock
from bwc.media.guard import Limits
from bwc.vault.local import LocalVault
from tests.clips import make_clip

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PROBE_LIMITS = Limits(cpu_seconds=30, memory_bytes=4 << 30, wall_seconds=60)
NO_DISK_IS_THAT_LARGE = 1 << 60


def make_dock(catalog: Catalog, folder: Path, *, keep_free_bytes: int = 0) -> Dock:
    """A dock whose vault lies in `folder`."""
    return Dock(
        catalog=catalog,
        vault=LocalVault(folder / "vault", keep_free_bytes=keep_free_bytes),
        clock=FixedClock(NOW),
        max_bytes=1 << 30,
        probe_limits=PROBE_LIMITS,
    )


def small_clip(path: Path, *, audio: bool = False, seconds: float = 0.4) -> Path:
    """A clip of a few frames, made in milliseconds."""
    make_clip(path, seconds=seconds, size=(160, 90), faces=(), audio=audio)
    return path


def add_officer(catalog: Catalog, badge: str = "1204", camera: str = "X-77") -> tuple[str, str]:
    """An officer with a camera since a month before NOW; their ids."""
    with catalog.write() as session:
        officer = Officer(badge=badge, name="A", unit="U")
        body_camera = Camera(serial=camera, model="M", pre_event_seconds=30)
        session.add_all([officer, body_camera])
        session.flush()
        session.add(
            Assignment(
                camera_id=body_camera.id,
                officer_id=officer.id,
                starts_at=NOW - timedelta(days=30),
                ends_at=None,
            )
        )
        ids = officer.id, body_camera.id
        session.commit()
    return ids


def recordings(catalog: Catalog) -> list[Recording]:
    """Every recording, oldest first."""
    with catalog.read() as session:
        return list(session.scalars(sa.select(Recording).order_by(Recording.id)))


def entries(catalog: Catalog) -> list[CustodyEntry]:
    """The ledger."""
    with catalog.read() as session:
        return list(session.scalars(sa.select(CustodyEntry).order_by(CustodyEntry.position)))


def acts(catalog: Catalog) -> list[str]:
    """What the ledger says was done, in order."""
    return [entry.act for entry in entries(catalog)]


def job_kinds(catalog: Catalog) -> set[str]:
    """The kinds of work that were asked for."""
    with catalog.read() as session:
        return set(session.scalars(sa.select(Job.kind)))
