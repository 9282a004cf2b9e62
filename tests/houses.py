"""Houses for backup and restore: furnished ones to copy, and empty ones of any kind to fill."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bwc.canonical import JsonObject
from bwc.catalog.store import Catalog
from bwc.catalog.tables import (
    Decision,
    Incident,
    Recording,
    RecordingState,
    Role,
    Session,
    User,
)
from bwc.clock import FixedClock
from bwc.custody.acts import Act, Subject
from bwc.custody.record import About, record
from bwc.ids import Sha256
from bwc.jobs.enqueue import enqueue
from bwc.jobs.kinds import JobKind
from bwc.settings import LockMode
from bwc.upkeep.backup import Stores
from bwc.vault.local import LocalPublicStore, LocalVault
from bwc.vault.s3 import Lock, S3PublicStore, S3Vault, Spool
from bwc.vault.s3_bucket import Bucket
from tests.servers import PostgresServer, SeaweedServer

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
ORIGINAL = b"an original" * 1000
POSTER = b"its poster"
VIDEO = b"a redacted picture"
KEY = "releases/x/video.mp4"


def local(catalog: Catalog, folder: Path) -> Stores:
    """A house whose stores are folders."""
    return Stores(
        catalog=catalog,
        vault=LocalVault(folder / "vault"),
        public=LocalPublicStore(folder / "public"),
    )


def furnished(stores: Stores) -> Stores:
    """A house with evidence, a release, every kind of column, and a chain."""
    original = stores.vault.put(io.BytesIO(ORIGINAL))
    poster = stores.vault.put(io.BytesIO(POSTER))
    stores.public.put(KEY, io.BytesIO(VIDEO), content_type="video/mp4")
    stores.public.replace("log/2026-03-01.json", b"{}", content_type="application/json")
    with stores.catalog.write() as session:
        session.add(_user())
        session.add(
            Incident(id="i", number="1", title="tä", kind="k", occurred_at=NOW, district="d")
        )
        session.add(
            Recording(
                id="r",
                sha256=original.sha256,
                poster_sha256=poster.sha256,
                size_bytes=original.size_bytes,
                original_name="a.mp4",
                has_audio=True,
                clock_offset_seconds=0.1,
                state=RecordingState.READY,
                received_at=NOW,
            )
        )
        session.flush()
        session.add(_decision())
        session.add(
            Session(
                user_id="u",
                token_sha256="a" * 64,
                csrf_token="c",
                created_at=NOW,
                last_seen_at=NOW,
            )
        )
        first = enqueue(session, JobKind.DERIVE, requested_by="a", at=NOW, subject_id="r")
        enqueue(session, JobKind.MATCH, requested_by="a", at=NOW, subject_id="r", needs=[first])
        for number in range(1200):  # more than one batch
            about = About(Subject.RECORDING, "r")
            detail: JsonObject = {"number": number, "share": 0.1}
            record(session, Act.FIXITY_CHECK, about=about, actor="w", at=NOW, detail=detail)
        session.commit()
    return stores


def _user() -> User:
    return User(
        id="u", username="u", name="U", password_hash="h", role=Role.RECORDS, created_at=NOW
    )


def _decision() -> Decision:
    return Decision(
        incident_id="i",
        audience="public",
        outcome="withhold",
        rests_on_draft=True,
        document={"trace": [1, 2.5, None, {"a": "ä"}]},
        sha256="b" * 64,
        decided_at=NOW,
    )


@dataclass
class Houses:
    """Makes empty houses of any kind."""

    request: pytest.FixtureRequest
    folder: Path
    opened: list[Callable[[], None]]

    def empty(self, database: str, store: str) -> Stores:
        if database == "sqlite":
            catalog = Catalog(f"sqlite:///{self.folder / 'catalog.db'}")
        else:
            server: PostgresServer = self.request.getfixturevalue("postgres")
            catalog = Catalog(server.copy("template0"))
        self.opened.append(catalog.close)
        if store == "local":
            return local(catalog, self.folder)
        seaweed: SeaweedServer = self.request.getfixturevalue("seaweed")
        evidence, public = Bucket(seaweed.store("evidence")), Bucket(seaweed.store("public"))
        self.opened += [evidence.close, public.close]
        spool = Spool(self.folder / "spool")
        lock = Lock(LockMode.COMPLIANCE, 1)
        clock = FixedClock(datetime.now(UTC))
        vault = S3Vault(evidence, spool=spool, lock=lock, clock=clock)
        return Stores(catalog=catalog, vault=vault, public=S3PublicStore(public, spool=spool))


def sha256_of(body: bytes) -> Sha256:
    return Sha256(hashlib.sha256(body).hexdigest())
