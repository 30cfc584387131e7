"""The processes that are measured: our web, mail and jobs, and the anchor's web server."""

import contextlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.commands import web_server
from config import child_environment
from tests import cast
from tests.bench import ANCHOR_ADDRESS
from tests.bench.browser import HOST, OK, Browser

ROOT = Path(__file__).parents[2]
START_S = 60.0
STOP_S = 25.0
LOOK_S = 0.01
KIB_IN_MIB = 1024


@dataclass(frozen=True, slots=True)
class Server:
    """A running web server. `started_ms`: from its start to its first page."""

    process: subprocess.Popen[bytes]
    port: int
    started_ms: float


def settings(url: str, folder: Path, **more: str) -> dict[str, str]:
    """The environment of our own processes: the database at `url`, files under `folder`."""
    return child_environment(
        APP_ENV="test",
        SECRET_KEY=cast.SECRET,
        ENCRYPTION_KEYS="ab" * 32,
        DATABASE_URL=url.replace("postgresql+psycopg://", "postgresql://", 1),
        VAR_DIR=str(folder),
        PUBLIC_BASE_URL="http://localhost",
        TRUSTED_PROXIES="1",  # forms come from many addresses, as the throttle expects
        **more,
    )


@contextlib.contextmanager
def web(environment: Mapping[str, str]) -> Iterator[Server]:
    """Our pages, with the settings of `flask web`."""
    with _served(("--config", "python:app.commands.web_server"), environment, "/sign-in") as server:
        yield server


@contextlib.contextmanager
def anchor(url: str) -> Iterator[Server]:
    """The anchor, with the same kind and number of workers."""
    words = (
        *("--worker-class", web_server.worker_class, "--preload"),
        *("--workers", str(web_server.workers), "--threads", str(web_server.threads)),
        *("--keep-alive", str(web_server.keepalive), "--log-level", web_server.loglevel),
        "tests.bench.anchor:app",
    )
    with _served(words, child_environment(**{ANCHOR_ADDRESS: url}), "/") as server:
        yield server


@contextlib.contextmanager
def command(environment: Mapping[str, str], *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """`flask …` until the block ends."""
    serve = (sys.executable, "-m", "flask", "--app", "wsgi", *words)
    log = Path(environment["VAR_DIR"]) / f"{words[0]}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as said, _running(serve, environment, said) as process:
        yield process


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until something listens on `port`."""
    give_up_s = time.monotonic() + START_S
    while True:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        assert process.poll() is None, "a process ended at its start"
        assert time.monotonic() < give_up_s, "a process does not listen"
        time.sleep(LOOK_S)


def proportional_mib(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """Memory by PSS, in MiB: of the workers of a web server, and of their parent.

    A page that several processes share counts in each by its part, so that sums are true.
    """
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return sum(_pss_mib(int(child)) for child in children), _pss_mib(process.pid)


@contextlib.contextmanager
def _served(words: tuple[str, ...], environment: Mapping[str, str], path: str) -> Iterator[Server]:
    port = free_port()
    began = time.perf_counter()
    serve = (sys.executable, "-m", "gunicorn", "--bind", f"{HOST}:{port}", *words)
    with _running(serve, environment) as process:
        wait_for(port, process)
        answer = Browser(port).get(path)
        assert answer.status == OK, answer.body.decode()
        yield Server(process, port, (time.perf_counter() - began) * 1000)


@contextlib.contextmanager
def _running(
    words: tuple[str, ...], environment: Mapping[str, str], said: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(words, cwd=ROOT, env=dict(environment), stdout=said, stderr=said)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _pss_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / KIB_IN_MIB
    raise ValueError(f"no PSS of {pid}")
