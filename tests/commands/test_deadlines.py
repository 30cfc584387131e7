"""`due-at` explains a promise; `run-due` does all that is due at an instant."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.deadlines.models import Deadline
from app.inbox.actions import keep_mail
from app.inbox.arrival import ArrivedMail
from app.outbox.channels import OutboundStatus
from app.outbox.models import OutboundMessage
from app.tickets.kinds import EventKind
from app.tickets.models import Ticket, TicketEvent
from app.web.services import EXTENSION
from config import Environment
from tests.cast import MONDAY
from tests.factories import a_ticket

FRIDAY = "2026-11-27T16:40+02:00"  # in Kyiv; the office closes at 18:00
NOTHING = {"mails": 0, "deadlines": 0, "messages": 0}


@pytest.mark.usefixtures("harbour")
def test_a_promise_is_explained_line_by_line(run):
    answer = json.loads(due_at(run, priority="P2", start=FRIDAY).output)

    assert answer["first_response"] == "2026-11-27T15:40:00+00:00"
    assert answer["resolution"] == "2026-11-30T13:40:00+00:00"
    lines = [line["text"] for line in answer["trace"] if line["clock"] == "resolution"]
    assert lines == [
        "starts Fri 16:40",
        "8 h of service hours",
        "1 h 20 left today",
        "closed Sat–Sun",
        "due Mon 15:40",
    ]


@pytest.mark.usefixtures("harbour")
def test_an_instant_without_a_zone_is_utc(run):
    named = due_at(run, start="2026-11-27T14:40Z").output

    assert due_at(run, start="2026-11-27T14:40").output == named == due_at(run).output


def test_it_says_what_a_ticket_is_told(run, harbour):
    answer = json.loads(due_at(run, priority="P3", start=MONDAY.isoformat()).output)

    a_ticket(harbour, now=MONDAY)

    assert deadline(harbour, "first_response").isoformat() == answer["first_response"]
    assert deadline(harbour, "resolution").isoformat() == answer["resolution"]


@pytest.mark.usefixtures("harbour")
@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"tenant": "nobody"}, 65),
        ({"start": "soon"}, 65),
        ({"priority": "P9"}, 64),
        ({"priority": ""}, 64),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_said_in_one_line(run, options, code):
    result = due_at(run, **options)

    assert result.exit_code == code
    assert "Traceback" not in result.output


def test_a_waiting_mail_becomes_a_ticket_and_its_answer_leaves(run, harbour):
    a_mail(harbour)

    done = run_due(run, at=MONDAY)

    assert done == {"mails": 1, "deadlines": 0, "messages": 1}
    with harbour.transaction() as session:
        assert session.scalar(select(Ticket.created_at)) == MONDAY
        assert session.scalar(select(OutboundMessage.status)) is OutboundStatus.SENT
    assert run_due(run, at=MONDAY) == NOTHING


def test_deadlines_come_at_the_instant_that_is_asked_for(run, harbour):
    a_ticket(harbour, now=MONDAY)
    due = deadline(harbour, "first_response")

    assert run_due(run, at=due - timedelta(seconds=1))["deadlines"] > 0
    assert breaches(harbour) == 0
    assert run_due(run, at=due)["deadlines"] > 0
    assert breaches(harbour) == 1
    assert run_due(run, at=due) == NOTHING


def test_without_an_instant_it_is_now(run, harbour):
    a_ticket(harbour, now=MONDAY)  # long ago

    done = run_due(run)

    assert done["deadlines"] == deadlines(harbour)


def test_production_knows_no_other_instant(run, app, monkeypatch):
    held = app.extensions[EXTENSION]
    live = replace(held, config=replace(held.config, environment=Environment.PRODUCTION))
    monkeypatch.setitem(app.extensions, EXTENSION, live)

    result = run("run-due", "--at", MONDAY.isoformat())

    assert result.exit_code == 65


def due_at(run, **changed):
    options = {"tenant": "harbour", "priority": "P2", "start": "2026-11-27T14:40+00:00", **changed}
    return run("due-at", *(part for name, text in options.items() for part in (f"--{name}", text)))


def run_due(run, *, at=None):
    result = run("run-due", *(["--at", at.isoformat()] if at else []))
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def a_mail(tenant):
    mail = ArrivedMail(
        mailbox_id=tenant.mailbox_id,
        recipient=tenant.address,
        sender="dora@client.example",
        content=(
            b"From: Dora <dora@client.example>\r\nTo: support@harbour.example\r\n"
            b"Subject: No network\r\nMessage-ID: <1@client.example>\r\n\r\nSince this morning.\r\n"
        ),
        origin={"peer": "127.0.0.1", "helo": "client.example"},
    )
    with tenant.transaction() as session:
        keep_mail(session, mail, now=MONDAY)


def deadline(tenant, kind):
    with tenant.transaction() as session:
        return session.scalar(
            select(Deadline.due_at).where(Deadline.kind == kind, Deadline.threshold_pct == 100)
        )


def deadlines(tenant):
    with tenant.transaction() as session:
        return len(session.scalars(select(Deadline)).all())


def breaches(tenant):
    with tenant.transaction() as session:
        events = select(TicketEvent).where(TicketEvent.kind == EventKind.DEADLINE_BREACHED)
        return len(session.scalars(events).all())


@pytest.fixture
def run(app, database):
    """Run a command of the program; its result has `output`, `stdout` and `exit_code`."""
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(args=list(arguments))
