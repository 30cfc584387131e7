"""Everything as `make run` starts it, with the demo's day, for real browsers to look at."""

import contextlib
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

import psycopg

from config import child_environment
from tests import cast

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
START_S = 60.0
STOP_S = 20.0
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")


@dataclass(frozen=True, slots=True)
class Installation:
    """A running desk. `password`: of everybody in the demo; `database_url`: of its superuser."""

    port: int
    mail_port: int
    password: str
    database_url: str

    def address(self, path: str, *, slug: str = "") -> str:
        """`path` on the provider's own host, or on that of the partner `slug`."""
        host = f"{slug}.localhost" if slug else HOST
        return f"http://{host}:{self.port}{path}"

    def write(self, sender: str, subject: str, text: str, *, html: str = "") -> None:
        """Send a mail to Harbour's mailbox, as a client's program does."""
        mail = EmailMessage()
        mail["From"], mail["To"] = sender, "support@harbour.example"
        mail["Subject"], mail["Message-ID"] = subject, make_msgid(domain="client.example")
        mail.set_content(text)
        if html:
            mail.add_alternative(html, subtype="html")
        with smtplib.SMTP(HOST, self.mail_port) as relay:
            relay.send_message(mail)

    def speak(self, language: str) -> None:
        """Let everybody's pages be in `language`."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute("UPDATE users SET language = %s", (language,))

    def one(self, statement: str) -> object:
        """The first column of the first row that `statement` finds."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            row = connection.execute(statement).fetchone()
        assert row is not None, statement
        return row[0]


@contextlib.contextmanager
def running(database_url: str, folder: Path) -> Iterator[Installation]:
    """Web, jobs and mail on the empty database, with a played day and a closed month."""
    port, mail_port = free_port(), free_port()
    environment = child_environment(
        APP_ENV="test",
        SECRET_KEY=cast.SECRET,
        DATABASE_URL=database_url,
        VAR_DIR=str(folder),
        PUBLIC_BASE_URL=f"http://{HOST}:{port}",
    )
    serve = ("serve", "--demo", "--port", str(port), "--mail-port", str(mail_port))
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            (*FLASK, *serve), cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log
        )
    try:
        password = _password(process)
        _wait_for(port)
        month = time.strftime("%Y-%m")
        subprocess.run(
            (*FLASK, "close-month", month, "--now"),
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
        )
        yield Installation(port, mail_port, password, database_url)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_S)
        process.kill()
        process.wait()
        process.stdout.close()


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _password(process: subprocess.Popen[bytes]) -> str:
    """What the first `role login password` line says; it is printed when all is served."""
    for line in process.stdout:
        words = line.decode().split()
        if words[0] == "operator":
            return words[2]
    raise AssertionError("the installation ended at its start; see the log in its folder")


def _wait_for(port: int) -> None:
    until_s = time.monotonic() + START_S
    while time.monotonic() < until_s:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("nothing listens")
