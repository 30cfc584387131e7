"""`flask doctor`: what is set, what is reachable, what is missing, and how to mend it."""

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from app.commands.database import POSTGRESQL_FLOOR
from app.commands.exits import Command
from config import Config, ConfigError
from tenants import embedded_database
from tenants.database import Role, role_url

FREE_SPACE_FLOOR = 1_000_000_000
DIST = Path(__file__).parents[1] / "web" / "static" / "dist" / "manifest.json"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `mend`: what to do, empty when all is well."""

    name: str
    is_well: bool
    found: str
    mend: str = ""


def register(cli: click.Group) -> None:
    """Add this module's command."""
    cli.add_command(doctor)


@click.command("doctor", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def doctor(as_json: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Look at everything the application needs; exit 0 when all of it is well, 75 otherwise."""
    try:
        config = Config.from_environment()
    except ConfigError as error:
        _tell([Finding("settings", is_well=False, found=str(error), mend=str(error))], {}, as_json)
        raise SystemExit(75) from None
    findings = [check(config) for check in CHECKS]
    _tell(findings, config.printable(), as_json)
    if not all(finding.is_well for finding in findings):
        raise SystemExit(75)


def _python(_config: Config) -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("python", is_well=True, found=version)


def _server(config: Config) -> Finding:
    try:
        engine = create_engine(
            embedded_database.admin_url(config.database_url, config.var, config.pg_bindir)
        )
        with engine.connect() as connection:
            number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    except (SQLAlchemyError, embedded_database.EmbeddedDatabaseError) as error:
        mend = "start the server, or correct DATABASE_URL; without it an own server is started"
        return Finding("database", is_well=False, found=_first_line(error), mend=mend)
    mend = "" if number >= POSTGRESQL_FLOOR else "PostgreSQL 15 or newer is needed"
    kind = "set by DATABASE_URL" if config.database_url else "our own, under var/"
    return Finding("database", is_well=not mend, found=f"{number} ({kind})", mend=mend)


def _logins(config: Config) -> Finding:
    try:
        url = embedded_database.admin_url(config.database_url, config.var, config.pg_bindir)
        for role in Role:
            engine = create_engine(role_url(url, role, secret=config.secret_key))
            with engine.connect() as connection:
                connection.execute(text("SELECT 1"))
            engine.dispose()
    except (SQLAlchemyError, embedded_database.EmbeddedDatabaseError) as error:
        mend = "run: flask migrate (the logins' passwords follow SECRET_KEY)"
        return Finding("database logins", is_well=False, found=_first_line(error), mend=mend)
    return Finding("database logins", is_well=True, found=", ".join(role.value for role in Role))


def _blobs(config: Config) -> Finding:
    if not config.blob_url.startswith("file:"):
        return Finding("files", is_well=True, found="s3 (not tried)")
    folder = Path(config.blob_url.removeprefix("file:"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        mend = "make the folder of BLOB_URL writable for this user"
        return Finding("files", is_well=False, found=str(error), mend=mend)
    mend = "" if free > FREE_SPACE_FLOOR else "free some space: less than 1 GB is left"
    return Finding("files", is_well=not mend, found=f"{folder}, {free // 10**9} GB free", mend=mend)


def _assets(_config: Config) -> Finding:
    mend = "" if DIST.exists() else "run: make setup (it builds scripts and style sheets)"
    found = "built" if DIST.exists() else "missing"
    return Finding("scripts and styles", is_well=DIST.exists(), found=found, mend=mend)


def _mail_out(config: Config) -> Finding:
    found = "by SMTP_URL" if config.smtp_url else "no SMTP_URL: written to var/outbox, not sent"
    mend = "" if config.smtp_url or not config.is_production else "set SMTP_URL to send mail"
    return Finding("mail out", is_well=not mend, found=found, mend=mend)


def _documents(_config: Config) -> Finding:
    try:
        import weasyprint  # noqa: PLC0415 - loads Pango, which may be missing
    except OSError as error:
        mend = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        return Finding("documents", is_well=False, found=_first_line(error), mend=mend)
    return Finding("documents", is_well=True, found=f"WeasyPrint {weasyprint.__version__}")


CHECKS: tuple[Callable[[Config], Finding], ...] = (
    _python,
    _server,
    _logins,
    _blobs,
    _assets,
    _mail_out,
    _documents,
)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _tell(findings: list[Finding], settings: dict[str, str], as_json: bool) -> None:  # noqa: FBT001
    if as_json:
        click.echo(
            json.dumps({"settings": settings, "findings": [asdict(each) for each in findings]})
        )
        return
    for name, value in settings.items():
        click.echo(f"  {name:22} {value}")
    for each in findings:
        click.echo(f"{'ok ' if each.is_well else 'BAD'} {each.name:20} {each.found}")
        if each.mend:
            click.echo(f"    mend: {each.mend}")
