"""`flask due-at`: when a promise would fall due, explained; `flask run-due`: do what is due."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.commands.exits import BadInput, Command, TryAgainLater
from app.deadlines.actions import ChosenPromise, ClockSubject, chosen_promise, target_of
from app.deadlines.clocks import DueResult, due
from app.deadlines.pauses import ClockKind
from app.deadlines.trace import trace_to_json
from app.deadlines.trace_text import trace_lines
from app.jobs.run_due import run_due
from app.tickets.kinds import Channel
from app.web.services import services
from tenants.directory.queries import tenant_by_slug
from tenants.errors import NotFound, Refused
from tenants.promises.priority import Priority
from tenants.promises.queries import promises
from tenants.promises.service_hours import zone_named

SHOWN = (ClockKind.FIRST_RESPONSE, ClockKind.RESOLUTION)


def register(cli: click.Group) -> None:
    """Add this module's commands."""
    cli.add_command(due_at_command)
    cli.add_command(run_due_command)


@click.command("due-at", cls=Command)
@click.option("--tenant", required=True, help="Short name of a partner.")
@click.option("--priority", required=True, type=click.Choice(list(Priority), case_sensitive=False))
@click.option("--start", required=True, help="ISO 8601, as 2026-11-27T16:40+02:00; else UTC.")
@with_appcontext
def due_at_command(tenant: str, priority: str, start: str) -> None:
    """Print when a ticket opened at START would be due, and why."""
    at = _instant(start)
    with _plain_answers():
        with services().database.directory() as session:
            tenant_id = tenant_by_slug(session, tenant)
        if tenant_id is None:
            raise BadInput(f"There is no partner {tenant}.")
        with services().database.transaction(tenant_id) as session:
            answer = _explained(session, Priority(priority.upper()), at)
    click.echo(json.dumps(answer, ensure_ascii=False))


@click.command("run-due", cls=Command)
@click.option("--at", help="Another instant than now, in ISO 8601; refused in production.")
@with_appcontext
def run_due_command(at: str | None) -> None:
    """Do everything that is due: waiting mails, deadlines, messages; prints JSON."""
    held = services()
    if at is not None and held.config.is_production:
        raise BadInput("In production the only instant is now; leave --at out.")
    now = utc_now() if at is None else _instant(at)
    try:
        with _plain_answers():
            done = run_due(held, now=now)
    finally:
        held.parsing.close()
    click.echo(json.dumps(asdict(done)))


def _explained(session: Session, priority: Priority, start: datetime) -> dict[str, Any]:
    """`{first_response, resolution, trace}`; instants in UTC, None where nothing is promised."""
    promised = chosen_promise(promises(session), _subject(priority))
    if promised is None:
        return {**dict.fromkeys(kind.value for kind in SHOWN), "trace": []}
    found = {kind: _due(promised, kind, start) for kind in SHOWN}
    instants = {
        kind.value: result.due_at.astimezone(UTC).isoformat() if result.due_at else None
        for kind, result in found.items()
    }
    return {**instants, "trace": [*_trace(found, promised)]}


def _subject(priority: Priority) -> ClockSubject:
    """A ticket of nobody in particular: what holds for everybody is what is asked."""
    return ClockSubject(
        ticket_id=0,
        brand_id=0,
        client_id=None,
        priority=priority,
        channel=Channel.MAIL.value,
        is_vip=False,
    )


def _due(promised: ChosenPromise, kind: ClockKind, start: datetime) -> DueResult:
    return due(promised.calendar, target_of(promised.targets, kind), start, ())


def _trace(found: dict[ClockKind, DueResult], promised: ChosenPromise) -> Iterator[dict[str, Any]]:
    """Each line as it is kept, with its clock and in words, in the calendar's zone."""
    zone = zone_named(promised.calendar.zone)
    for kind, result in found.items():
        words = trace_lines(result.trace, zone)
        for line, text in zip(trace_to_json(result.trace), words, strict=True):
            yield {"clock": kind.value, **line, "text": text}


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text} is no instant in ISO 8601, as 2026-11-27T16:40+02:00.") from None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


@contextmanager
def _plain_answers() -> Iterator[None]:
    """Refusals and a database that is away, as exit codes with one line."""
    try:
        yield
    except (Refused, NotFound) as refused:
        raise BadInput(str(refused)) from refused
    except OperationalError as away:
        raise TryAgainLater("The database does not answer; try again later.") from away
