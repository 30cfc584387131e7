"""Coming in and going out: nothing is told to strangers, and every step is another session."""

import pyotp
import pytest

from app.clock import utc_now
from app.web.account.sign_in import TRIES_PER_LOGIN, own_path
from tenants.access import actions as access
from tenants.access.models import UserState
from tenants.access.roles import UserRole
from tenants.database import HOUSE_ID
from tests import browsers, cast

ADA = "ada@provider.example"
HERE = "localhost:8000"
WRONG = "not the password of anybody"


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(app, ada):
    wrong = a_try(app, ADA, WRONG)
    unknown = a_try(app, "nobody@provider.example", WRONG)

    assert wrong.status_code == unknown.status_code == 422
    assert without_typed(wrong, ADA) == without_typed(unknown, "nobody@provider.example")


def test_a_refused_sign_in_keeps_the_address_and_never_the_password(app, ada):
    page = a_try(app, ADA, WRONG).get_data(as_text=True)

    assert f'value="{ADA}"' in page
    assert WRONG not in page


def test_the_eleventh_try_for_an_address_is_refused_even_with_the_right_password(app, ada):
    for _ in range(TRIES_PER_LOGIN):
        assert a_try(app, ADA, WRONG).status_code == 422

    answer = a_try(app, ADA, cast.PASSWORD)

    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.get_data(as_text=True)


def test_somebody_shut_out_gets_the_answer_of_a_wrong_password(app, ada, database):
    with database.transaction(HOUSE_ID) as session:
        access.change_state(session, ada, UserState.DISABLED, by="test", now=utc_now())

    answer = a_try(app, ADA, cast.PASSWORD)

    assert answer.status_code == 422


def test_the_second_factor_is_asked_for_and_a_code_opens_once(app, with_factor):
    client = browsers.signed_in(app, ADA)
    before = client.get("/desk/queue")
    code = with_factor.totp.at(utc_now())

    first = browsers.send(client, "/second-factor", {"code": code})
    again = browsers.send(browsers.signed_in(app, ADA), "/second-factor", {"code": code})

    assert before.location == "/second-factor"
    assert first.status_code == 303
    assert client.get("/desk/queue").status_code == 200
    assert again.status_code == 422


def test_a_recovery_code_opens_the_door_once(app, with_factor):
    code = with_factor.recovery_codes[0]

    first = browsers.send(browsers.signed_in(app, ADA), "/second-factor", {"code": code})
    again = browsers.send(browsers.signed_in(app, ADA), "/second-factor", {"code": code})

    assert first.status_code == 303
    assert again.status_code == 422
    assert "used already" in again.get_data(as_text=True)


def test_codes_cannot_be_guessed_for_long(app, with_factor):
    client = browsers.signed_in(app, ADA)
    answers = [browsers.send(client, "/second-factor", {"code": "000000"}) for _ in range(9)]

    assert [answer.status_code for answer in answers] == [422] * 8 + [429]


def test_a_half_signed_in_person_cannot_replace_the_second_factor(app, with_factor):
    client = browsers.signed_in(app, ADA)

    answer = client.get("/account/second-factor")

    assert answer.status_code == 409
    assert browsers.signed_in(app, ADA).get("/desk/queue").location == "/second-factor"


def test_the_second_factor_is_set_up_from_ones_own_page(sign_in, ada):
    client = sign_in(ADA)
    page = client.get("/account/second-factor").get_data(as_text=True)
    totp = pyotp.TOTP(page.partition("<code>")[2].partition("</code>")[0])

    form = {"csrf_token": browsers.token(client, "/account"), "code": totp.at(utc_now())}
    shown = client.post("/account/second-factor", data=form).get_data(as_text=True)

    codes = shown.partition('<pre class="number">')[2].partition("</pre>")[0].split()
    assert len(codes) == 10
    assert client.get("/account").status_code == 200


def test_the_session_is_another_one_after_each_step(app, with_factor):
    client = browsers.at(app, HERE)
    client.get("/sign-in")
    cookies = [session_cookie(client)]
    browsers.send(client, "/sign-in", {"login": ADA, "password": cast.PASSWORD})
    cookies.append(session_cookie(client))
    browsers.send(client, "/second-factor", {"code": with_factor.totp.at(utc_now())})
    cookies.append(session_cookie(client))

    for old in cookies[:-1]:
        assert browser_with(app, old).get("/desk/queue").status_code == 302
    assert len(set(cookies)) == 3


def test_signing_out_ends_the_session_on_the_server(app, sign_in, ada):
    client = sign_in(ADA)
    kept = session_cookie(client)

    browsers.send(client, "/sign-out", {}, seen_at="/account")

    assert browser_with(app, kept).get("/account").status_code == 302


def test_a_changed_password_ends_every_other_session(sign_in, ada):
    here, elsewhere = sign_in(ADA), sign_in(ADA)

    answer = browsers.send(
        here,
        "/account/password",
        {"current": cast.PASSWORD, "password": "another horse, other staples"},
        seen_at="/account",
    )

    assert answer.status_code == 303
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"current": WRONG, "password": "another horse, other staples"}, "current"),
        ({"current": cast.PASSWORD, "password": "short"}, "password"),
        ({"current": cast.PASSWORD, "password": "password123"}, "password"),
    ],
)
def test_a_refused_password_says_why_and_ends_nothing(sign_in, ada, form, field):
    here, elsewhere = sign_in(ADA), sign_in(ADA)

    answer = browsers.send(here, "/account/password", form, seen_at="/account")

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.get_data(as_text=True)
    assert elsewhere.get("/account").status_code == 200


def test_everywhere_else_can_be_signed_out(sign_in, ada):
    here, elsewhere = sign_in(ADA), sign_in(ADA)

    browsers.send(here, "/account/sessions/end", {}, seen_at="/account")

    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302


def test_the_chosen_language_and_look_are_kept(sign_in, ada):
    client = sign_in(ADA)
    look = {"language": "uk", "zone": "Europe/Kyiv", "theme": "dark"}

    browsers.send(client, "/account/look", look, seen_at="/account")

    page = client.get("/account").get_data(as_text=True)
    assert '<html lang="uk"' in page
    assert 'data-theme="dark"' in page


def test_a_zone_that_is_not_there_is_refused_with_why(sign_in, ada):
    client = sign_in(ADA)
    look = {"language": "uk", "zone": "Mars/Olympus", "theme": "dark"}

    answer = browsers.send(client, "/account/look", look, seen_at="/account")

    assert answer.status_code == 422
    assert 'href="#zone"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/desk/tickets/HB-1?view=mine", "/desk/tickets/HB-1?view=mine"),
        ("https://evil.example/", ""),
        ("//evil.example/", ""),
        ("/\\evil.example/", ""),
        ("/\t/evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("evil.example", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_redirect_after_sign_in_stays_on_this_host(wanted, given):
    assert own_path(wanted) == given


def test_after_signing_in_the_page_first_asked_for_opens(app, ada):
    client = browsers.at(app, HERE)
    asked = client.get("/desk/queue?view=mine")
    page = client.get(asked.location).get_data(as_text=True)
    wanted = page.partition('name="next" value="')[2].partition('"')[0]

    form = {"login": ADA, "password": cast.PASSWORD, "next": wanted}
    answer = browsers.send(client, "/sign-in", form)

    assert answer.location == "/desk/queue?view=mine"


@pytest.fixture
def ada(harbour, database):
    """The id of Ada, who answers for Harbour."""
    return cast.an_operator(database, harbour, email=ADA, role=UserRole.OPERATOR)


class Factor:
    """A second factor as its owner holds it."""

    def __init__(self, secret, recovery_codes):
        self.totp = pyotp.TOTP(secret)
        self.recovery_codes = recovery_codes


@pytest.fixture
def with_factor(ada, services, database):
    """Ada's second factor; the code of now is still free."""
    now = utc_now()
    with database.transaction(HOUSE_ID) as session:
        secret = access.begin_totp(session, ada, sealer=services.sealer)
        earlier = pyotp.TOTP(secret).at(now, counter_offset=-1)
        codes = access.confirm_totp(session, ada, earlier, sealer=services.sealer, now=now)
    return Factor(secret, codes)


def a_try(app, login, password):
    client = browsers.at(app, HERE)
    return browsers.send(client, "/sign-in", {"login": login, "password": password})


def without_typed(answer, login):
    """The page without what the browser itself brought: the address and its form token."""
    page = answer.get_data(as_text=True).replace(login, "")
    for token in (*browsers.TOKEN.findall(page), *browsers.META.findall(page)):
        page = page.replace(token, "")
    return page


def session_cookie(client):
    return client.get_cookie("session").value


def browser_with(app, cookie):
    client = app.test_client()
    client.set_cookie("session", cookie)
    return client
