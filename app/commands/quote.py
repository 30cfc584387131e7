"""`flask quote`: what a plan costs for some usage; JSON in, a JSON line each out; no database."""

import json
import sys
from decimal import Decimal

import click

from app.commands.exits import BadInput, Command
from billing.quote import quote
from tenants.errors import Refused


def register(cli: click.Group) -> None:
    """Add the command to `flask`."""
    cli.add_command(quote_command)


@click.command("quote", cls=Command)
def quote_command() -> None:
    """Price the usage on standard input: a JSON line per invoice line, then the totals."""
    try:
        rows = quote(_document(sys.stdin.buffer.read()))
    except Refused as refused:
        raise BadInput(str(refused)) from refused
    for row in rows:
        click.echo(json.dumps(row))


def _document(raw: bytes) -> object:
    """The JSON in `raw`, decimals kept exact. Raises Refused where it is none."""
    try:
        return json.loads(raw, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as malformed:
        raise Refused("The input is not JSON.") from malformed


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")
