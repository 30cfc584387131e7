"""A whole desk as `flask serve` runs it, on a database of its own, and whom of it to kill."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import psycopg

from config import child_environment, environment_value
from tenants import embedded_database

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
MAILBOX = "support@harbour.example"
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
START_S = 60.0
STOP_S = 40.0
LOOK_S = 0.1


class Part(Enum):
    """What can be killed, and the words of its command line; the database has a pid file."""

    WEB = "gunicorn"
    JOBS = "wsgi jobs"
    MAIL = "wsgi mail"
    PARSING = "limited_child"
    DATABASE = "postgres"
    ALL = "everything"  # the power goes off


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass
class RunningDesk:
    """`flask serve` over the folder `var`, sending by the relay at `relay_port`."""

    var: Path
    relay_port: int
    port: int = field(default_factory=free_port)
    mail_port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None  # `serve`; the others are its descendants
    database_url: str = ""  # of the superuser, as psycopg reads it

    def start(self) -> None:
        """Run everything, and come back when pages and mail are served."""
        self.var.mkdir(exist_ok=True)
        ports = ("--port", str(self.port), "--mail-port", str(self.mail_port))
        with (self.var / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                (*FLASK, "serve", *ports),
                cwd=ROOT,
                env=self._environment(DATABASE_URL=""),
                stdout=log,
                stderr=log,
            )
        for port in (self.port, self.mail_port):
            wait_until(lambda port=port: is_open(port), within_s=START_S)
        url = embedded_database.start(self.var, environment_value("PG_BINDIR"))  # it runs: its name
        self.database_url = url.replace("+psycopg", "")

    def stop(self) -> None:
        """End everything, the database too."""
        if self.process is not None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_S)
            self.process.kill()
            self.process.wait()
        embedded_database.stop(self.var)

    def run(self, *words: str) -> str:
        """What a command of the desk prints. Raises CalledProcessError."""
        done = subprocess.run(
            (*FLASK, *words),
            cwd=ROOT,
            env=self._environment(DATABASE_URL=self.database_url),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def add_harbour(self) -> None:
        """The tenant whose mailbox is MAILBOX."""
        who = ("--slug", "harbour", "--name", "Harbour Hosting", "--prefix", "HB")
        json.loads(self.run("add-tenant", *who, "--mailbox", MAILBOX))

    def ask(self, question: str, *values: object) -> list[tuple]:
        """The rows of a question to the database. Raises psycopg.OperationalError while away."""
        with psycopg.connect(self.database_url, autocommit=True, connect_timeout=5) as connection:
            found = connection.execute(question, values)
            return found.fetchall() if found.description else []

    def pids(self, part: Part) -> list[int]:
        """The processes of `part` that run now, all of them started by this desk."""
        if part is Part.DATABASE:
            return self._server()
        words = part.value.split()
        return [pid for pid in self._descendants() if set(words) <= set(_words(pid))]

    def kill(self, part: Part, pick) -> bool:
        """Whether somebody was killed -9; `pick` chooses one of several processes."""
        if part is Part.ALL:
            self._lose_power()
            return True
        pids = self.pids(part)
        if not pids:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(pick(pids), signal.SIGKILL)
        return True

    def kill_each(self, part: Part) -> None:
        """Kill all processes of `part` -9."""
        for pid in self.pids(part):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _lose_power(self) -> None:
        for pid in (self.process.pid, *self._descendants(), *self._server()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        wait_until(lambda: not is_open(self.port) and not is_open(self.mail_port), within_s=20)
        self.start()

    def _server(self) -> list[int]:
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            return [int((self.var / "pg" / "postmaster.pid").read_text().split()[0])]
        return []

    def _descendants(self) -> list[int]:
        parents = dict(_parents())
        found = [self.process.pid]
        for pid in found:  # grows while it is read
            found += [child for child, parent in parents.items() if parent == pid]
        return found[1:]

    def _environment(self, **extra: str) -> dict[str, str]:
        return child_environment(
            APP_ENV="test",
            VAR_DIR=str(self.var),
            SMTP_URL=f"smtp://{HOST}:{self.relay_port}",
            PUBLIC_BASE_URL=f"http://{HOST}:{self.port}",
            TRUSTED_AUTHSERV_ID="mx.harbour.example",  # nobody asks the network who senders are
            **extra,
        )


def is_open(port: int) -> bool:
    """Whether somebody listens there."""
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False


def wait_until(is_so, *, within_s: float) -> None:
    """Come back when `is_so()`. Raises AssertionError after `within_s`."""
    until_s = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < until_s, f"did not come within {within_s} s"
        time.sleep(LOOK_S)


def _parents() -> Iterator[tuple[int, int]]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it just ended
            yield int(path.parent.name), int(path.read_text().rpartition(")")[2].split()[1])


def _words(pid: int) -> list[str]:
    with contextlib.suppress(OSError):
        raw = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        return [word.removeprefix("app.gateways.") for word in raw.split("\0")]
    return []
