"""Our own PostgreSQL under `var/`, for whoever has not set DATABASE_URL.

Knows how to find the programs, make a cluster and start, probe and stop its server. The server
listens on a unix socket only, that no other user may open; no TCP port is opened. Apart from
`database.py`, because it starts processes and is needed before there is anything to connect to.
"""

import contextlib
import fcntl
import os
import shlex
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from tenants.postgresql_programs import (
    EmbeddedDatabaseError,
    Privilege,
    Programs,
    find_privilege,
    find_programs,
)

__all__ = ["EmbeddedDatabaseError", "admin_url", "is_running", "start", "stop"]

SUPERUSER = "postgres"
DATABASE = "app"
SOCKET_FOLDER_MAX_BYTES = 90  # the kernel takes 107 for the folder and the socket's own name
START_S = 40.0
STOP_S = 20.0
BUILTIN_LOCALES_SINCE = 17
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",  # the pools of four processes, and the listeners of the signals
    "shared_buffers": "128MB",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where one server keeps its things; nothing in it says whether it runs."""

    folder: Path
    socket_folder: Path

    @property
    def data(self) -> Path:
        """The files of the cluster."""
        return self.folder / "pg"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "pg.log"

    @property
    def url(self) -> str:
        """The superuser's address, as SQLAlchemy reads it."""
        host = quote(str(self.socket_folder), safe="/")
        return f"postgresql+psycopg://{SUPERUSER}@/{DATABASE}?host={host}"


def admin_url(database_url: str | None, var: Path, bindir: str | None) -> str:
    """The login that prepares the database: the one set, or the embedded server's, started."""
    return database_url or start(var, bindir)


def start(var: Path, bindir: str | None) -> str:
    """Start the server under `var` unless it runs, and give the superuser's SQLAlchemy URL.

    Makes the cluster and its database the first time. Two processes may call this at once, and
    a server that was killed is recovered. `bindir`: PostgreSQL's programs (PG_BINDIR); without
    it those of the installed wheel are used, then Debian's. Raises EmbeddedDatabaseError.
    """
    var = var.resolve()
    var.mkdir(parents=True, exist_ok=True)
    privilege = find_privilege()
    with _alone(var):
        cluster = Cluster(var, _socket_folder(var, privilege))
        if not is_running(cluster.url):
            _bring_up(cluster, find_programs(bindir, privilege))
        _ensure_database(cluster)
    return cluster.url


def is_running(url: str) -> bool:
    """Whether the server at `url` (of `start`) takes connections.

    Asked by connecting: pid files outlive killed servers, and zombies look alive.
    """
    try:
        _connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def stop(var: Path) -> None:
    """End the server under `var` and wait for it; nothing happens where none runs.

    Open transactions are rolled back. Raises EmbeddedDatabaseError when it does not end.
    """
    pid_file = var.resolve() / "pg" / "postmaster.pid"
    for order in (signal.SIGINT, signal.SIGQUIT):  # "fast", then "immediate": recovered at start
        pid = _server_pid(pid_file)
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, order)
        if _gone(pid_file, within_s=STOP_S):
            return
    raise EmbeddedDatabaseError(f"PostgreSQL (process {pid}) does not stop; see {var / 'pg.log'}")


@contextlib.contextmanager
def _alone(var: Path) -> Iterator[None]:
    with (var / ".pg.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _socket_folder(var: Path, privilege: Privilege) -> Path:
    """`var` itself, or where its path is too long for a socket a folder only we can open."""
    folder = var
    if len(os.fsencode(var)) > SOCKET_FOLDER_MAX_BYTES:
        owner = privilege.user if privilege.user is not None else os.geteuid()
        folder = Path(tempfile.gettempdir()) / f"pg-{os.geteuid()}-{var.stat().st_ino}"
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()}:
            raise EmbeddedDatabaseError(f"{folder} belongs to somebody else; remove it")
    if privilege.user is not None:
        for place in {var, folder}:
            os.chown(place, privilege.user, privilege.user)
    return folder


def _bring_up(cluster: Cluster, programs: Programs) -> None:
    if not (cluster.data / "PG_VERSION").exists():
        _make_cluster(cluster, programs)
    _check_major(cluster, programs.major)
    deadline = time.monotonic() + START_S
    while True:
        _drop_stale_pid_file(cluster)
        said = _launch(cluster, programs)
        if is_running(cluster.url):
            return
        if time.monotonic() > deadline:
            raise EmbeddedDatabaseError(f"PostgreSQL does not start: {_last_words(cluster, said)}")
        time.sleep(0.2)  # the processes of a killed server need a moment to notice


def _make_cluster(cluster: Cluster, programs: Programs) -> None:
    """Make it beside its place and move it there, so that half a cluster is never taken for one."""
    fresh = cluster.folder / "pg.new"
    shutil.rmtree(fresh, ignore_errors=True)
    words = [
        "-D",
        str(fresh),
        "-U",
        SUPERUSER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        *_locale(programs.major),
    ]
    made = programs.run("initdb", *words, folder=cluster.folder)
    if made.returncode:
        raise EmbeddedDatabaseError(
            f"A PostgreSQL cluster cannot be made in {cluster.folder}: {made.stderr.strip()} "
            "Set DATABASE_URL to use a server that runs elsewhere"
        )
    fresh.rename(cluster.data)


def _locale(major: int) -> list[str]:
    """Code point order and Unicode's letter cases, whatever locales the machine has."""
    if major < BUILTIN_LOCALES_SINCE:
        return ["--locale=C.UTF-8"]
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [*locale, "--lc-collate=C", "--lc-ctype=C"]


def _check_major(cluster: Cluster, major: int) -> None:
    kept = (cluster.data / "PG_VERSION").read_text().strip()
    if kept != str(major):
        raise EmbeddedDatabaseError(
            f"{cluster.data} was made by PostgreSQL {kept}, the programs found are of {major}. Set "
            f"PG_BINDIR to the programs of {kept}; or dump the database with them, move "
            f"{cluster.data} aside, and restore the dump into the new one"
        )


def _launch(cluster: Cluster, programs: Programs) -> str:
    settings = {**SETTINGS, "unix_socket_directories": str(cluster.socket_folder)}
    options = shlex.join(part for pair in settings.items() for part in ("-c", "=".join(pair)))
    words = [
        "-w",
        "-t",
        "30",
        "-D",
        str(cluster.data),
        "-l",
        str(cluster.log),
        "-o",
        options,
        "start",
    ]
    return programs.run("pg_ctl", *words, folder=cluster.folder).stderr.strip()


def _drop_stale_pid_file(cluster: Cluster) -> None:
    """A container gives a dead server's number to another process, and PostgreSQL waits for it."""
    pid_file = cluster.data / "postmaster.pid"
    if pid_file.exists() and _server_pid(pid_file) is None:
        pid_file.unlink(missing_ok=True)


def _server_pid(pid_file: Path) -> int | None:
    """The number of the running server; None where the file or the server is missing."""
    try:
        pid = int(pid_file.read_text().split(maxsplit=1)[0])
        os.kill(pid, 0)
    except (FileNotFoundError, IndexError, ValueError, ProcessLookupError):
        return None
    except PermissionError:
        pass  # it lives, as another user
    return pid if _is_server(pid) else None


def _is_server(pid: int) -> bool:
    """Whether that process is a living `postgres`; assumed where there is no /proc to ask."""
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
    except FileNotFoundError:
        return not Path("/proc/self").exists()
    return name == "postgres" and rest.split(maxsplit=1)[0] != "Z"


def _gone(pid_file: Path, *, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if not pid_file.exists() or _server_pid(pid_file) is None:
            return True
        time.sleep(0.05)
    return False


def _last_words(cluster: Cluster, said: str) -> str:
    if cluster.log.exists():
        return f"{said}\n{cluster.log.read_text(errors='replace')[-1500:]}"
    return said


def _ensure_database(cluster: Cluster) -> None:
    with _connect(cluster.url) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if found.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _connect(url: str) -> psycopg.Connection:
    """To the database that every cluster has, as ours may not be made yet."""
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    return psycopg.connect(plain, dbname=SUPERUSER, autocommit=True, connect_timeout=5)
