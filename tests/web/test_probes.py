"""The probes, and what pages say while the database is away."""

import time
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy.engine import make_url

from app.web.services import EXTENSION
from tests import browsers, cast

RECOVERS_WITHIN_S = 5.0


def test_the_process_and_its_database_answer(client):
    assert client.get("/health/live").json == {"status": "ok"}
    assert client.get("/health/ready").json == {"status": "ok", "database": "ok"}


def test_the_probes_answer_to_any_host_name(app, database):
    assert browsers.at(app, "10.0.0.7").get("/health/ready").status_code == 200


def test_figures_hold_no_names(client, harbour):
    page = client.get("/metrics")

    assert page.status_code == 200
    assert "harbour" not in page.get_data(as_text=True).lower()


def test_while_the_database_is_away_everything_says_when_to_come_back(ada, dora, away):
    with away():
        answers = [
            ada.get("/health/ready"),
            ada.get("/desk/queue"),
            ada.get("/desk/tickets/HB-1"),
            ada.post("/desk/queue/next", data={"csrf_token": ada.form_token}),
            dora.get("/"),
            dora.get("/r/forged"),
        ]
        alive = ada.get("/health/live")

    assert [answer.status_code for answer in answers] == [503] * len(answers)
    assert {answer.headers["Retry-After"] for answer in answers} == {"5"}
    assert "Nothing was lost." in answers[1].get_data(as_text=True)
    assert "psycopg" not in "".join(answer.get_data(as_text=True) for answer in answers)
    assert alive.status_code == 200


def test_it_recovers_by_itself_and_nobody_is_signed_out(ada, away):
    with away():
        ada.get("/desk/queue")

    assert comes_back(ada, "/health/ready")
    assert comes_back(ada, "/desk/queue")


@pytest.fixture
def ada(database, harbour, sign_in):
    cast.an_operator(database, harbour)
    client = sign_in("ada@provider.example")
    client.form_token = browsers.token(client, "/desk/queue")
    return client


@pytest.fixture
def dora(app, harbour):
    return browsers.at(app, harbour.host)


@pytest.fixture
def away(app, database, server_url, database_url):
    """`with away():` the server turns everybody away from this worker's database."""
    yield lambda: turned_away(server_url, make_url(database_url).database)
    for each in (database, app.extensions[EXTENSION].database):  # no later test meets dead ones
        for role in cast.ROLES:
            each.engine(role).dispose()


@contextmanager
def turned_away(server_url, name):
    with psycopg.connect(server_url.replace("+psycopg", ""), autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        try:
            yield
        finally:
            server.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')


def comes_back(client, path):
    until_s = time.monotonic() + RECOVERS_WITHIN_S
    while time.monotonic() < until_s:
        if client.get(path).status_code == 200:
            return True
        time.sleep(0.05)
    return False
