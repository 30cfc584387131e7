"""The command itself: provisioned once, played once, its sign-ins printed every time."""

import json
import secrets
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.clock import utc_now
from app.commands.demo.people import PEOPLE, WITH_SECOND_FACTOR
from app.commands.demo.playing import DayPlayer
from app.commands.demo.setting_up import set_up
from app.commands.exits import BadInput, Command
from app.services import Services
from app.web.services import services
from tenants.directory.queries import all_tenants
from tenants.errors import Refused

SIGN_INS = "demo-sign-ins.json"
FILE_MODE = 0o600
WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "juniper")


def register(cli: click.Group) -> None:
    """Add this module's command."""
    cli.add_command(demo)


@click.command("demo", cls=Command)
@click.option("--if-empty", is_flag=True, help="Only print the sign-ins where partners exist.")
@with_appcontext
def demo(*, if_empty: bool) -> None:
    """Make two partners with a played day of mail; print `role login password` lines."""
    held = services()
    if _has_partners(held):
        if not if_empty:
            raise BadInput("There are partners already; the demo is for an empty database.")
    else:
        _play(held)
    for line in _sign_in_lines(held.config.var):
        click.echo(line)


def _has_partners(held: Services) -> bool:
    with held.database.across_tenants() as session:
        return bool(all_tenants(session))


def _play(held: Services) -> None:
    """Provision, then play: an interrupted demo lacks scenes, but no mail is half there."""
    password = _fresh_password()
    try:
        places, totp_secret = set_up(held, password=password, now=utc_now())
    except Refused as refused:
        raise BadInput(str(refused)) from None
    _keep_sign_ins(held.config.var, password, totp_secret)
    try:
        DayPlayer(held, places, ended_at=utc_now()).play()
    finally:
        held.parsing.close()


def _fresh_password() -> str:
    """Long, sayable, and different in every installation: there are no default accounts."""
    words = [secrets.choice(WORDS) for _ in range(4)]
    return "-".join([*words, secrets.token_hex(2)])


def _keep_sign_ins(var: Path, password: str, totp_secret: str) -> None:
    path = var / SIGN_INS
    path.touch(mode=FILE_MODE)
    path.write_text(json.dumps({"password": password, "totp_secret": totp_secret}))


def _sign_in_lines(var: Path) -> list[str]:
    """`role login password`, one a line; the second factor's key after the supervisor's."""
    path = var / SIGN_INS
    if not path.exists():
        return []
    kept = json.loads(path.read_text())
    lines = []
    for person in PEOPLE:
        line = f"{person.role.value} {person.email} {kept['password']}"
        if person.role is WITH_SECOND_FACTOR:
            line += f" {kept['totp_secret']}"
        lines.append(line)
    return lines
