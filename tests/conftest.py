"""Fixtures every test may use: a migrated database of its own worker, emptied between tests."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url

from app.commands.database import migrate
from app.services import Services, build_services
from config import Config, environment_value
from tenants import embedded_database
from tenants.database import Database
from tests import browsers, cast, emptying

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def server_url() -> str:
    """A PostgreSQL login that may create databases: the one set for tests, or the embedded one."""
    given = environment_value("TEST_DATABASE_URL")
    if given:
        return given.replace("postgresql://", "postgresql+psycopg://", 1)
    return embedded_database.start(ROOT / "var" / "tests", environment_value("PG_BINDIR"))


@pytest.fixture(scope="session")
def template_name(server_url: str) -> str:
    """A database with all migrations of this tree, made once and copied by every worker."""
    name = f"template_{_fingerprint()}"
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / ".template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _exists(server_url, name):
            _admin(server_url, f'CREATE DATABASE "{name}_made"')
            migrate(_url_of(server_url, f"{name}_made"), secret=cast.SECRET)
            _admin(server_url, f'ALTER DATABASE "{name}_made" RENAME TO "{name}"')
    return name


@pytest.fixture(scope="session")
def database_url(server_url: str, template_name: str, worker_name: str) -> Iterator[str]:
    """The superuser's address of this worker's own database."""
    _admin(server_url, f'DROP DATABASE IF EXISTS "{worker_name}" WITH (FORCE)')
    _admin(server_url, f'CREATE DATABASE "{worker_name}" TEMPLATE "{template_name}"')
    yield _url_of(server_url, worker_name)
    _admin(server_url, f'DROP DATABASE IF EXISTS "{worker_name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def worker_name(request: pytest.FixtureRequest) -> str:
    """The name of this worker's database; two runs at once do not meet."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    return f"test_{worker}_{os.getpid()}"


@pytest.fixture(scope="session")
def _database(database_url: str) -> Iterator[Database]:
    database = Database(database_url, secret=cast.SECRET)
    yield database
    for role in cast.ROLES:
        database.engine(role).dispose()


@pytest.fixture
def database(_database: Database, database_url: str) -> Database:
    """The application's database, empty but for the provider and its plans."""
    emptying.empty(database_url)
    return _database


@pytest.fixture
def harbour(database: Database) -> cast.Cast:
    """The first tenant: prefix HB, support@harbour.example, operator Ada assigned."""
    return cast.harbour(database)


@pytest.fixture
def meadow(database: Database) -> cast.Cast:
    """The second tenant: prefix MD, support@meadow.example, hostile to the first."""
    return cast.meadow(database)


@pytest.fixture(scope="session")
def config(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Settings of an application that uses the tests' database and a folder of its own."""
    return Config.from_environment(
        {
            "APP_ENV": "test",
            "SECRET_KEY": cast.SECRET,
            "ENCRYPTION_KEYS": "ab" * 32,
            "DATABASE_URL": _plain(database_url),
            "VAR_DIR": str(tmp_path_factory.mktemp("var")),
            "PUBLIC_BASE_URL": "http://localhost:8000",
        }
    )


@pytest.fixture
def services(config: Config, database: Database) -> Services:
    """All that jobs work with: the tests' database, files and mail in folders of their own."""
    return replace(build_services(config), database=database)


@pytest.fixture(scope="session")
def app(config: Config) -> Iterator[Flask]:
    """The whole application."""
    from app.factory import create_app  # noqa: PLC0415 - most tests need no pages
    from app.web.services import EXTENSION  # noqa: PLC0415 - the same

    app = create_app(config)
    app.testing = False  # errors become pages here as they do for people
    yield app
    for role in cast.ROLES:
        app.extensions[EXTENSION].database.engine(role).dispose()


@pytest.fixture
def client(app: Flask, database: Database) -> FlaskClient:
    """A browser without cookies."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, database: Database) -> Callable[..., FlaskClient]:
    """`sign_in("ada@provider.example")` gives a browser in which that person is signed in."""
    return lambda email, host="localhost:8000": browsers.signed_in(app, email, host=host)


def _fingerprint() -> str:
    folder = ROOT / "migrations"
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _exists(server_url: str, name: str) -> bool:
    with psycopg.connect(_plain(server_url), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if found.fetchone():
            return True
        connection.execute(f'DROP DATABASE IF EXISTS "{name}_made" WITH (FORCE)')
        return False


def _admin(server_url: str, statement: str) -> None:
    with psycopg.connect(_plain(server_url), autocommit=True) as connection:
        connection.execute(statement)


def _url_of(server_url: str, name: str) -> str:
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
