"""`flask serve`: web, jobs and mail listener in one go; `flask web`: the first of them alone."""

import contextlib
import logging
import os
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy.exc import OperationalError

from app.commands.database import MigrationRefused, migrate
from app.commands.exits import BadInput, Command, TryAgainLater
from app.commands.supervisor import Child, Supervisor
from config import Config, ConfigError, child_environment
from tenants import embedded_database
from tenants.embedded_database import EmbeddedDatabaseError

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]
LOOPBACK = "127.0.0.1"
DATABASE_LOOK_S = 2.0
JOB_WORKERS = 2  # a worker fills one core; any number of them share the queue
DEMO_PARTNERS = ("harbour", "meadow")


def register(cli: click.Group) -> None:
    """Add this module's commands."""
    cli.add_command(serve_command)
    cli.add_command(web_command)


@click.command("serve", cls=Command)
@click.option("--host", default=LOOPBACK, show_default=True, help="Where pages are served.")
@click.option("--port", default=8000, show_default=True)
@click.option("--mail-port", type=int, help="Where mail is taken on 127.0.0.1; else MAIL_LISTEN.")
@click.option("--demo", is_flag=True, help="Play the demo day into an empty database.")
def serve_command(host: str, port: int, mail_port: int | None, *, demo: bool) -> None:
    """Run everything until Ctrl-C: database, web, jobs and mail listener."""
    config = _config(_settings(port, mail_port))
    for place in ((host, port), config.mail_listen):
        _refuse_taken(*place)
    try:
        url = _prepared_database(config)
        environment = child_environment(**_settings(port, mail_port), DATABASE_URL=url)
        supervisor = Supervisor(environment, folder=ROOT)
        sign_ins = _play_demo(supervisor) if demo else ""
        tend = Housekeeping(config, url, (host, port), _welcome(config, port, sign_ins))
        supervisor.keep(_children(host, port), tend)
    finally:
        if config.database_url is None:
            embedded_database.stop(config.var)


@click.command("web", cls=Command)
@click.option("--host", default=LOOPBACK, show_default=True)
@click.option("--port", default=8000, show_default=True)
def web_command(host: str, port: int) -> None:
    """Serve the pages only."""
    _refuse_taken(host, port)
    command = _web(host, port)
    os.chdir(ROOT)
    os.execv(command[0], command)  # noqa: S606 - this process becomes the server


class Housekeeping:
    """What the supervisor does between two looks at its children."""

    def __init__(self, config: Config, url: str, address: tuple[str, int], welcome: str) -> None:
        self._config = config
        self._url = url
        self._address = address
        self._welcome = welcome
        self._look_at_s = 0.0

    def __call__(self) -> None:
        """Say once where everything is, when it is there; start a database of ours that ended."""
        if self._welcome and _takes_connections(self._address):
            click.echo(self._welcome)
            self._welcome = ""
        if self._config.database_url is None and time.monotonic() >= self._look_at_s:
            self._revive_database()
            self._look_at_s = time.monotonic() + DATABASE_LOOK_S

    def _revive_database(self) -> None:
        if embedded_database.is_running(self._url):
            return
        log.warning("the database ended and is started again")
        try:
            embedded_database.start(self._config.var, self._config.pg_bindir)
        except EmbeddedDatabaseError as error:
            log.error("the database does not start", extra={"reason": str(error)})  # noqa: TRY400 - the message is complete


def _settings(port: int, mail_port: int | None) -> dict[str, str]:
    """The options as the settings that they stand for."""
    settings = {"PORT": str(port)}
    if mail_port is not None:
        settings["MAIL_LISTEN"] = f"{LOOPBACK}:{mail_port}"
    return settings


def _config(settings: dict[str, str]) -> Config:
    try:
        return Config.from_environment(child_environment(**settings))
    except ConfigError as error:
        raise BadInput(str(error)) from None


def _refuse_taken(host: str, port: int) -> None:
    """Say in words what would otherwise be a child that ends again and again."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise TryAgainLater(
                f"{host}:{port} cannot be used ({error.strerror}); choose others with "
                "make run PORT=… MAIL_PORT=…, or --port and --mail-port"
            ) from None


def _prepared_database(config: Config) -> str:
    """The address of a database brought to this release; the embedded one is started."""
    try:
        url = embedded_database.admin_url(config.database_url, config.var, config.pg_bindir)
        migrate(url, secret=config.secret_key)
    except (EmbeddedDatabaseError, MigrationRefused) as error:
        raise TryAgainLater(str(error)) from None
    except OperationalError as error:
        raise TryAgainLater(f"The database does not answer: {error.orig}") from None
    return url


def _play_demo(supervisor: Supervisor) -> str:
    """The sign-ins of the demo, one a line; played at the first start only."""
    played = supervisor.run_once(Child("demo", _flask("demo", "--if-empty")))
    if played.exit_code and not supervisor.is_stopping:
        log.warning("the demo was not played", extra={"exit_code": played.exit_code})
    return played.output


def _children(host: str, port: int) -> Sequence[Child]:
    jobs = (Child(f"jobs {number + 1}", _flask("jobs")) for number in range(JOB_WORKERS))
    return (Child("web", _web(host, port)), *jobs, Child("mail", _flask("mail")))


def _flask(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "flask", "--app", "wsgi", *words)


def _web(host: str, port: int) -> tuple[str, ...]:
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    settings = "python:app.commands.web_server"
    return (sys.executable, "-m", "gunicorn", "--config", settings, "--bind", where)


def _welcome(config: Config, port: int, sign_ins: str) -> str:
    """Where to go: a name and an address a line, then the demo's `role login password` lines."""
    mail_host, mail_port = config.mail_listen
    lines = [f"firstline {config.public_base_url}", f"mail smtp://{mail_host}:{mail_port}"]
    if sign_ins:
        lines += [f"{name} http://{name}.localhost:{port}" for name in DEMO_PARTNERS]
    return "\n".join([*lines, sign_ins]).rstrip()


def _takes_connections(address: tuple[str, int]) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(address, timeout=1):
        return True
    return False
