"""Tries are counted before anything is compared, also when they come all at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.clock import utc_now
from app.web.account.sign_in import TRIES_PER_SOURCE
from tenants.access.actions import throttle
from tenants.access.tokens import throttle_key
from tests import browsers, cast

AT_ONCE = 40


def test_of_many_tries_at_once_no_more_than_the_limit_pass(database):
    def a_try(_number):
        with database.directory() as session:
            return throttle(session, "login:x", limit=10, window_s=900, now=now)

    now = utc_now()
    with ThreadPoolExecutor(8) as threads:
        passed = list(threads.map(a_try, range(AT_ONCE)))

    assert sum(passed) == 10


def test_no_header_makes_another_source(app, database, harbour):
    key = throttle_key("source", "127.0.0.1", secret=cast.SECRET)
    with database.directory() as session:
        for _try in range(TRIES_PER_SOURCE):
            throttle(session, key, limit=TRIES_PER_SOURCE, window_s=900, now=utc_now())
    dora = browsers.at(app, harbour.host)
    form = {"csrf_token": browsers.token(dora, "/sign-in"), "login": "x@x.example", "password": ""}

    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP"):
        answer = dora.post("/sign-in", data=form, headers={header: "198.51.100.1"})
        assert answer.status_code == 429, header


@pytest.mark.parametrize("spelling", ["ADA@provider.example", "  ada@Provider.Example  "])
def test_another_spelling_of_an_address_is_the_same_account(app, database, harbour, spelling):
    cast.an_operator(database, harbour)
    client = browsers.at(app, "localhost:8000")
    token = browsers.token(client, "/sign-in")

    def a_try(login):
        form = {"csrf_token": token, "login": login, "password": "wrong"}
        return client.post("/sign-in", data=form).status_code

    for _number in range(10):
        a_try("ada@provider.example")

    assert a_try(spelling) == 429
