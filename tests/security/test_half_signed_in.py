"""A password without the second factor opens nothing but the question for it."""

import re

import pyotp
import pytest

from app.clock import utc_now
from tenants.access import actions as access
from tenants.database import HOUSE_ID
from tests import browsers, cast

ADA = "ada@provider.example"
KEY = re.compile(r"\b[A-Z2-7]{32}\b")


def test_no_page_of_the_desk_opens(half_signed_in):
    for path in ("/desk/queue", "/account", "/signals", "/desk/held-mail", "/home"):
        answer = half_signed_in.get(path, follow_redirects=False)
        assert answer.status_code == 302, path

    assert half_signed_in.get("/signals").location == "/second-factor"


def test_nothing_can_be_written(half_signed_in):
    token = browsers.token(half_signed_in, "/second-factor")
    for path in ("/account/password", "/account/sessions/end", "/account/look", "/desk/queue/next"):
        answer = half_signed_in.post(path, data={"csrf_token": token})
        assert answer.location == "/second-factor", path


def test_another_factor_cannot_be_enrolled_instead_of_the_one_asked_for(half_signed_in, key):
    refused = half_signed_in.get("/account/second-factor")

    assert refused.status_code == 409
    assert key not in refused.get_data(as_text=True)


def test_a_key_that_was_shown_opens_nothing_until_it_is_enrolled(half_signed_in, ada, database):
    with database.transaction(HOUSE_ID) as session:
        access.remove_totp(session, ada, by="test", now=utc_now())
    page = half_signed_in.get("/account/second-factor").get_data(as_text=True)
    code = pyotp.TOTP(KEY.search(page)[0]).at(utc_now())

    token = browsers.token(half_signed_in, "/account/second-factor")
    answer = half_signed_in.post("/second-factor", data={"csrf_token": token, "code": code})

    assert answer.location == "/account/second-factor"
    assert half_signed_in.get("/desk/queue").location == "/second-factor"


@pytest.fixture
def ada(harbour, database):
    """The id of Ada, who answers for Harbour."""
    return cast.an_operator(database, harbour, email=ADA)


@pytest.fixture
def key(ada, services, database):
    """The key of Ada's second factor."""
    now = utc_now()
    with database.transaction(HOUSE_ID) as session:
        secret = access.begin_totp(session, ada, sealer=services.sealer)
        earlier = pyotp.TOTP(secret).at(now, counter_offset=-1)
        access.confirm_totp(session, ada, earlier, sealer=services.sealer, now=now)
    return secret


@pytest.fixture
def half_signed_in(app, key):
    """A browser that gave Ada's password only."""
    return browsers.signed_in(app, ADA)
