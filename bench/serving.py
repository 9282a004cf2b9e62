"""What the portal serves beside servers that do nothing else: a list page, and video by range.

    python -m bench.serving [--seconds 8] [--rounds 3]

The list page stands beside a bare Starlette handler that returns the same bytes, the video beside
nginx, which sends the same file. One process each, on loopback, asked by wrk over eight connections;
the systems take turns, and the median counts. Needs Debian's packages wrk and nginx-light.
"""

import argparse
import getpass
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.records import Film, PublicRecord
from tests.servers import free_ports

LEAST_LIST, LEAST_RANGE = 0.5, 0.3  # of the baseline's requests a second
RELEASES = 200
FILM_BYTES = 64 << 20
PART = 1 << 20  # what a player asks for at once
CONNECTIONS = 8
START_SECONDS = 30
PAGE = "BENCH_PAGE"  # in the environment: the file that the bare handler returns
RANGES = f"""
request = function()
  local first = math.random(0, {FILM_BYTES - PART})
  wrk.headers["Range"] = "bytes=" .. first .. "-" .. (first + {PART - 1})
  return wrk.format("GET")
end
done = function(summary)
  local errors = summary.errors
  io.write("failed ", errors.status + errors.read + errors.write + errors.timeout, "\\n")
  io.write("rate ", summary.requests / summary.duration * 1e6, "\\n")
end
"""
PLAIN = RANGES[RANGES.index("done =") :]
NGINX = """
user {user}; worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; sendfile on; default_type video/mp4;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: its address, the script that asks, and whose it is."""

    who: str
    url: str
    script: Path


def bare() -> Starlette:
    """The baseline of the list page: one handler that returns the bytes it was started with."""
    body = Path(os.environ[PAGE]).read_bytes()

    async def page(_: Request) -> Response:
        return Response(body, media_type="text/html")

    return Starlette(routes=[Route("/", page)])


@contextmanager
def running(command: list[str], url: str, **environment: str) -> Iterator[None]:
    """Run a server until the end; it has to answer `url` first."""
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        end = time.monotonic() + START_SECONDS
        while not _answers(url):
            if time.monotonic() > end or process.poll() is not None:
                raise SystemExit(f"does not answer: {' '.join(command)}")
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(START_SECONDS)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, headers={"Range": "bytes=0-9"}).is_success
    except httpx.TransportError:
        return False


def uvicorn(factory: str, port: int) -> list[str]:
    """The command that serves an application as the portal is served."""
    options = ["--port", str(port), "--no-access-log", "--log-level", "warning"]
    return [sys.executable, "-m", "uvicorn", "--factory", factory, *options]


def rate(asked: Asked, seconds: int) -> float:
    """Requests a second; a failed one ends the benchmark."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(asked.script)]
    said = subprocess.run([*command, asked.url], capture_output=True, text=True, check=True).stdout
    figures = dict(
        line.split() for line in said.splitlines() if line.startswith(("failed", "rate"))
    )
    if float(figures["failed"]):
        raise SystemExit(f"{asked.who}: {figures['failed']} requests failed")
    return float(figures["rate"])


def compare(ours: Asked, baseline: Asked, *, seconds: int, rounds: int, least: float) -> bool:
    """Print both and their ratio; whether it is at least `least`."""
    rates: dict[str, list[float]] = {ours.who: [], baseline.who: []}
    for _ in range(rounds):
        for asked in (ours, baseline):
            rates[asked.who].append(rate(asked, seconds))
    mine, theirs = (statistics.median(rates[asked.who]) for asked in (ours, baseline))
    print(
        f"{ours.who} {mine:.0f} a second, {baseline.who} {theirs:.0f}: {mine / theirs:.2f}, goal {least}"
    )
    return mine / theirs >= least


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    told = parser.parse_args()
    if missing := [name for name in ("wrk", "nginx") if shutil.which(name) is None]:
        print(f"serving: skipped, {' and '.join(missing)} are not installed")
        return
    with tempfile.TemporaryDirectory() as place, ExitStack() as servers:
        folder = Path(place)
        record = PublicRecord(folder / "public", Film(b"poster", b"poster"))
        record.publish_many(RELEASES)
        record.film = Film(os.urandom(FILM_BYTES), b"poster")
        film = f"/releases/{record.publish()}/video.mp4"
        begin = _servers(folder, servers, film)
        wishes = {"rounds": told.rounds, "seconds": told.seconds}
        met = [
            compare(*begin(kind), least=least, **wishes)
            for kind, least in (("list", LEAST_LIST), ("range", LEAST_RANGE))
        ]
        if not all(met):
            raise SystemExit("a goal is missed")


def _servers(folder: Path, servers: ExitStack, film: str) -> Callable[[str], tuple[Asked, Asked]]:
    """Start all three; what is asked of ours and of the baseline, by the kind of comparison."""
    ports = free_ports(3)
    portal, plain, nginx = (f"http://127.0.0.1:{port}" for port in ports)
    home = {"BWC_HOME": str(folder / "home"), "BWC_PUBLIC__FOLDER": str(folder / "public")}
    home["BWC_INBOX__FOLDER"] = str(folder / "inbox")
    command = uvicorn("api.portal.app:create_app", ports[0])
    servers.enter_context(running(command, f"{portal}/", **home))
    page = folder / "page.html"
    page.write_bytes(httpx.get(f"{portal}/").content)
    command = uvicorn("bench.serving:bare", ports[1])
    servers.enter_context(running(command, f"{plain}/", **{PAGE: str(page)}))
    settings = folder / "nginx.conf"
    root = next((folder / "public").rglob(film.removeprefix("/"))).parents[2]
    settings.write_text(
        NGINX.format(folder=folder, port=ports[2], root=root, user=getpass.getuser())
    )
    command = ["nginx", "-c", str(settings), "-p", str(folder)]
    servers.enter_context(running(command, nginx + film))
    scripts = {"list": folder / "plain.lua", "range": folder / "ranges.lua"}
    scripts["list"].write_text(PLAIN)
    scripts["range"].write_text(RANGES)

    def begin(kind: str) -> tuple[Asked, Asked]:
        where, beside, who = (
            ("/", plain, "bare Starlette") if kind == "list" else (film, nginx, "nginx")
        )
        ours = Asked(f"portal, {kind}", portal + where, scripts[kind])
        return ours, Asked(who, beside + where, scripts[kind])

    return begin


if __name__ == "__main__":
    main()
