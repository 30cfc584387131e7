"""`flask migrate`: the database's logins, extensions and tables, brought up to this release."""

import time
from pathlib import Path

import click
import psycopg.errors
from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError

from tenants import embedded_database
from tenants.database import Role, role_password

OWNER = "app_owner"
ROOT = Path(__file__).parents[2]
EXTENSIONS = ("btree_gist", "btree_gin", "pg_trgm", "unaccent")
POSTGRESQL_FLOOR = 150000
LOCK_ATTEMPTS = 10
LOCK_PAUSE_S = 2.0


class MigrationRefused(RuntimeError):
    """The database cannot be prepared; the message says what to do."""


def migrate(admin_url: str, *, secret: str, revision: str = "head") -> None:
    """Create logins and extensions and run the migrations. Safe to repeat and to interrupt.

    `admin_url`: a login that may create roles; migrations run as `app_owner`.
    Raises MigrationRefused with the mend.
    """
    engine = create_engine(admin_url, connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            _check_version(connection)
            _prepare(connection, secret)
            _run(connection, revision)
    finally:
        engine.dispose()


def alembic_config(connection: Connection, **options: object) -> AlembicConfig:
    """Alembic's settings without a file: the scripts' place and the open connection."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["options"] = options
    return config


def become_owner(connection: Connection) -> None:
    """Own what is created, and wait for nobody's lock longer than a second."""
    connection.execute(text(f"SET ROLE {OWNER}"))
    connection.execute(text("SET lock_timeout = '1s'"))
    connection.execute(text("SET statement_timeout = '60s'"))
    connection.commit()


def register(cli: click.Group) -> None:
    """Add this module's commands."""
    cli.add_command(migrate_command)


@click.command("migrate")
@click.option("--revision", default="head", show_default=True)
def migrate_command(revision: str) -> None:
    """Bring the database to this release (safe to repeat)."""
    from config import Config  # noqa: PLC0415 - the command line is the edge

    config = Config.from_environment()
    try:
        url = embedded_database.admin_url(config.database_url, config.var, config.pg_bindir)
        migrate(url, secret=config.secret_key, revision=revision)
    except (MigrationRefused, embedded_database.EmbeddedDatabaseError) as refusal:
        click.echo(str(refusal), err=True)
        raise SystemExit(75) from None


def _check_version(connection: Connection) -> None:
    number = connection.execute(text("SHOW server_version_num")).scalar_one()
    if int(number) < POSTGRESQL_FLOOR:
        raise MigrationRefused(f"PostgreSQL 15 or newer is needed; this server is {number}")


def _prepare(connection: Connection, secret: str) -> None:
    try:
        _create_logins(connection, secret)
        for extension in EXTENSIONS:
            connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {extension}"))
        connection.commit()
    except Exception as error:
        if isinstance(getattr(error, "orig", None), psycopg.errors.InsufficientPrivilege):
            raise MigrationRefused(
                "DATABASE_URL must name a login that may create roles with BYPASSRLS and "
                f"extensions ({', '.join(EXTENSIONS)}): {error.orig}"  # type: ignore[attr-defined]
            ) from None
        raise


def _create_logins(connection: Connection, secret: str) -> None:
    # Roles belong to the whole server: two preparations at once would collide in the catalogue.
    connection.execute(text("SELECT pg_advisory_xact_lock(715517)"))
    _create_role(connection, OWNER, "NOLOGIN")
    for role in Role:
        bypass = "BYPASSRLS" if role is Role.OPS else "NOBYPASSRLS"
        password = role_password(role, secret)
        _create_role(connection, role.value, f"LOGIN {bypass} PASSWORD '{password}'")
    database = connection.execute(text("SELECT quote_ident(current_database())")).scalar_one()
    connection.execute(text(f"GRANT {OWNER} TO CURRENT_USER"))
    connection.execute(text(f"GRANT CREATE, TEMPORARY ON DATABASE {database} TO {OWNER}"))
    connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    connection.execute(text(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}"))
    everybody = ", ".join(role.value for role in Role)
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {everybody}"))


def _create_role(connection: Connection, name: str, attributes: str) -> None:
    exists = connection.execute(
        text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}
    ).scalar()
    verb = "ALTER" if exists else "CREATE"
    connection.execute(text(f"{verb} ROLE {name} {attributes}"))


def _run(connection: Connection, revision: str) -> None:
    become_owner(connection)
    for attempt in range(LOCK_ATTEMPTS):
        try:
            command.upgrade(alembic_config(connection), revision)
        except OperationalError as error:
            connection.rollback()
            if not _waits_for_a_lock(error) or attempt == LOCK_ATTEMPTS - 1:
                raise
            time.sleep(LOCK_PAUSE_S)
        else:
            connection.commit()
            return


def _waits_for_a_lock(error: OperationalError) -> bool:
    return isinstance(error.orig, psycopg.errors.LockNotAvailable)
