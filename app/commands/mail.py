"""`flask mail`: the listener alone; `flask take-mail`: one mail from standard input."""

import json
import signal
import sys
import threading
from dataclasses import replace

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from app.commands.exits import BadInput, Command, TryAgainLater
from app.flows.email_to_ticket import MailOutcome, OutcomeAction
from app.gateways.mail_listener import IncomingMail, MailListener, hops
from app.inbox import queries as inbox_queries
from app.inbox.limits import HOPS, MESSAGE_BYTES
from app.inbox.states import MailState
from app.jobs.mail_door import MailDoor, envelope_sender
from app.jobs.mail_taking import NotTaken, mail_taker
from app.services import Services
from app.web.services import services
from tenants.errors import GatewayError

_UNKNOWN = "There is no mailbox {recipient}."


def register(cli: click.Group) -> None:
    """Add this module's commands."""
    cli.add_command(mail_command)
    cli.add_command(take_mail_command)


@click.command("mail", cls=Command)
@with_appcontext
def mail_command() -> None:
    """Take mail over SMTP and LMTP until told to stop."""
    held = services()
    host, port = held.config.mail_listen
    listener = MailListener(
        MailDoor(held.database), host=host, port=port, greeting=held.config.public_host
    )
    stopped = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopped.set())
    try:
        listener.start()
    except OSError as taken:
        raise TryAgainLater(f"Mail cannot be taken on {host}:{port}: {taken}.") from None
    stopped.wait()
    listener.stop()


@click.command("take-mail", cls=Command)
@click.option("--recipient", required=True, help="Envelope recipient: one of our mailboxes.")
@click.option("--sender", help="Envelope sender; empty for the null sender. Else: Return-Path.")
@with_appcontext
def take_mail_command(recipient: str, sender: str | None) -> None:
    """Take one raw mail from standard input, to the end of its journey; prints JSON."""
    content = sys.stdin.buffer.read(MESSAGE_BYTES + 1)
    if len(content) > MESSAGE_BYTES:
        raise BadInput(f"A mail has at most {MESSAGE_BYTES} bytes.")
    if hops(content) > HOPS:
        raise BadInput("Too many hops; this mail goes in circles.")
    try:
        outcome = _taken(services(), recipient, sender, content)
    except (GatewayError, SQLAlchemyError, NotTaken) as away:
        raise TryAgainLater(f"The mail could not be taken now: {away}") from None
    click.echo(
        json.dumps(
            {
                "action": outcome.action.value,
                "ticket": outcome.ticket,
                "entry": outcome.entry,
                "reason": outcome.reason,
            }
        )
    )


def _taken(held: Services, recipient: str, sender: str | None, content: bytes) -> MailOutcome:
    door = MailDoor(held.database)
    place = door.place_of(recipient)
    if place is None:
        raise BadInput(_UNKNOWN.format(recipient=recipient))
    envelope = envelope_sender(content) if sender is None else sender.strip().strip("<>")
    mail = IncomingMail(envelope, (place,), content, peer="", helo="")
    kept = door.keep(mail)[place]
    try:
        outcome = mail_taker(held).take(place.tenant_id, kept.id)
    finally:
        held.parsing.close()
    is_taken_by_another = kept.is_new and outcome.action is OutcomeAction.DUPLICATE
    return _as_settled(held, place.tenant_id, kept.id, outcome) if is_taken_by_another else outcome


def _as_settled(
    held: Services, tenant_id: int, raw_mail_id: int, outcome: MailOutcome
) -> MailOutcome:
    """What a worker made of this very mail while we were about to: it is ours all the same."""
    with held.database.transaction(tenant_id) as session:
        state = inbox_queries.mail_place(session, raw_mail_id).state
    if state is MailState.IGNORED:  # a copy of a mail that had come to another mailbox
        return outcome
    return replace(outcome, action=OutcomeAction(state.value), reason="taken_by_a_worker")
