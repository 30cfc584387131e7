"""`flask close-month` and `flask redeliver-invoices`, as scripts and clocks call them."""

import json
from dataclasses import replace

import pytest

from app.clock import utc_now
from app.web.services import EXTENSION
from billing import queries
from billing.actions import subscribe
from billing.periods import period_of
from config import Environment
from tenants.access.roles import UserRole
from tests.billing.books import ZONE, on_plan, one_ticket
from tests.cast import a_person


def test_a_month_past_its_grace_is_closed_for_every_partner_with_a_plan(run, harbour, meadow):
    on_plan(harbour)

    first, again = run("close-month", "2026-10"), run("close-month", "2026-10")

    (row,) = rows(first)
    assert row["tenant"] == harbour.tenant_id != meadow.tenant_id
    assert row["number"].startswith("INV-")
    assert (row["is_new"], rows(again)[0]["is_new"]) == (True, False)
    assert rows(again)[0]["pdf_sha256"] == row["pdf_sha256"]


def test_now_closes_the_running_month_up_to_this_instant(run, harbour):
    month = running(harbour)
    with harbour.transaction() as session:
        one_ticket(session, 1, occurred_at=utc_now())

    answer = run("close-month", month, "--tenant", "harbour", "--now")

    assert answer.exit_code == 0, answer.output
    assert rows(answer)[0]["is_new"] is True
    with harbour.transaction() as session:
        (invoice,) = queries.invoices(session)
        assert [row.ref_id for row in queries.line_usage(session, invoice.id, 2)] == [1]


def test_without_now_a_running_month_stays_open(run, harbour):
    month = running(harbour)

    answer = run("close-month", month)

    assert answer.exit_code == 65
    assert "can be closed from" in rows(answer)[0]["refused"]


def test_production_never_closes_a_running_month(run, harbour, app, monkeypatch):
    month = running(harbour)
    services = app.extensions[EXTENSION]
    production = replace(services.config, environment=Environment.PRODUCTION)
    monkeypatch.setitem(app.extensions, EXTENSION, replace(services, config=production))

    assert run("close-month", month, "--now").exit_code == 65
    with harbour.transaction() as session:
        assert queries.invoices(session) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["2026-13"], 65),
        (["november"], 65),
        (["2026-10", "--tenant", "nobody"], 65),
        (["2026-10", "--tenant", "harbour"], 65),  # no plan
        (["2026-10"], 0),  # nobody to close is no error
        ([], 64),
        (["2026-10", "--loud"], 64),
    ],
)
@pytest.mark.usefixtures("harbour")
def test_a_wrong_call_ends_with_its_code_and_no_traceback(run, arguments, code):
    answer = run("close-month", *arguments)

    assert answer.exit_code == code
    assert "Traceback" not in answer.output


def test_an_invoice_without_mail_is_sent_once_somebody_takes_it(run, harbour):
    on_plan(harbour)
    run("close-month", "2026-10")
    a_person(
        harbour.database,
        harbour.tenant_id,
        email="boss@harbour.example",
        role=UserRole.TENANT_ADMINISTRATOR,
    )

    first, again = run("redeliver-invoices"), run("redeliver-invoices")

    assert [row["state"] for row in rows(first)] == ["sent"]
    assert rows(again) == []


def running(tenant) -> str:
    period = period_of(utc_now(), ZONE)
    with tenant.transaction() as session:
        subscribe(session, "start", starts_on=period.first_day, zone=ZONE)
    return period.name


def rows(answer) -> list[dict[str, object]]:
    return [json.loads(line) for line in answer.stdout.splitlines() if line.startswith("{")]


@pytest.fixture
def run(app, database):
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(args=list(arguments))
