"""Logs hold facts: no words of people, no keys to their pages, no line that a stranger forged."""

import json
import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.logs import JsonFormatter
from app.tickets.links import RequestLink, request_token
from tests import browsers, cast
from tests.web.test_probes import away  # noqa: F401 - a fixture

CANARY = "canary of a private word 8c1f"


def test_a_failed_statement_is_logged_without_its_values(harbour):
    with pytest.raises(DBAPIError) as failure, harbour.transaction() as session:
        session.execute(text("SELECT CAST(:word AS text), 1 / 0"), {"word": CANARY})

    assert CANARY not in logged(exc_info=(failure.type, failure.value, failure.tb))


def test_a_row_that_is_refused_is_logged_without_its_values(harbour):
    with pytest.raises(DBAPIError) as failure, harbour.transaction() as session:
        session.execute(
            text("UPDATE brands SET name = :word, colour = NULL WHERE tenant_id = :id"),
            {"word": CANARY, "id": harbour.tenant_id},
        )

    assert CANARY not in logged(exc_info=(failure.type, failure.value, failure.tb))


def test_the_key_to_a_requesters_page_is_not_logged_while_the_database_is_away(
    app,
    harbour,
    caplog,
    away,  # noqa: F811
):
    token = request_token(RequestLink(harbour.tenant_id, 1, 1), secret=cast.SECRET)

    with away():
        answer = browsers.at(app, harbour.host).get(f"/r/{token}")

    assert answer.status_code == 503
    assert caplog.records
    assert all(token not in JsonFormatter().format(record) for record in caplog.records)


@pytest.mark.parametrize("sign", ["\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_no_value_begins_a_line_of_its_own(sign):
    line = logged(why=f'x{sign}{{"event": "forged"}}')

    assert line.splitlines() == [line]
    assert json.loads(line)["why"] == f'x{sign}{{"event": "forged"}}'


def logged(*, exc_info=None, **facts):
    """The line that an event with `facts` leaves."""
    record = logging.LogRecord("app", logging.ERROR, "", 0, "request failed", (), exc_info)
    vars(record).update(facts)
    return JsonFormatter().format(record)
