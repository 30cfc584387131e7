"""Checks 11, 19, 21, 23, 27 to 29: sign-ins, their limits, second factor and single-use links."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest

from tenants.access import actions, queries
from tenants.access.roles import UserRole
from tenants.access.sign_in import may_sign_in_at, needs_second_factor
from tenants.access.tokens import throttle_key
from tenants.database import HOUSE_ID
from tenants.errors import NotFound, Refused
from tenants.sealing import Sealer
from tests.cast import MONDAY, PASSWORD, SECRET, a_person

BROWSER = actions.Browser(host="harbour.localhost", agent="a browser", address="192.0.2.1")
SEALER = Sealer([b"k" * 32])
KEY = throttle_key("login", "eve@harbour.example", secret=SECRET)


@pytest.mark.parametrize(
    ("tenant_id", "host_owner", "may"),
    [
        (HOUSE_ID, HOUSE_ID, True),
        (HOUSE_ID, 1, False),
        (1, 1, True),
        (1, HOUSE_ID, True),
        (1, 2, False),
    ],
)
def test_people_sign_in_at_home_and_partners_also_at_the_provider(tenant_id, host_owner, may):
    assert may_sign_in_at(tenant_id, host_owner=host_owner) == may


def test_staff_and_partner_administrators_need_a_second_factor():
    assert {role for role in UserRole if not needs_second_factor(role)} == {
        UserRole.ENGINEER,
        UserRole.VIEWER,
    }


def test_a_sign_in_says_who_it_is(harbour, eve):
    token = started(harbour, eve)

    signed_in = who(harbour, token)

    assert (signed_in.user_id, signed_in.tenant_id, signed_in.email) == (
        eve,
        harbour.tenant_id,
        "eve@harbour.example",
    )
    assert signed_in.role is UserRole.TENANT_ADMINISTRATOR
    assert signed_in.is_complete
    assert not signed_in.is_staff


@pytest.mark.parametrize("token", ["", ".", "1.", "%", "1.%", "' OR 1=1 --"])
def test_nothing_and_wildcards_are_nobody(harbour, eve, token):
    started(harbour, eve)

    assert who(harbour, token) is None


def test_a_token_opens_nothing_in_another_tenant(harbour, meadow, eve):
    token = started(harbour, eve)

    assert who(meadow, token) is None
    assert who(meadow, token.replace(str(harbour.tenant_id), str(meadow.tenant_id), 1)) is None


@pytest.mark.parametrize(
    ("touched_after", "asked_after", "lasts"),
    [
        (timedelta(0), timedelta(hours=7, minutes=59), True),
        (timedelta(0), timedelta(hours=8), False),
        (timedelta(hours=7), timedelta(hours=14), True),
        (timedelta(days=6, hours=23), timedelta(days=7), False),
    ],
)
def test_a_sign_in_ends_when_idle_and_in_any_case_after_a_week(
    harbour, eve, touched_after, asked_after, lasts
):
    token = started(harbour, eve)

    with harbour.transaction() as session:
        actions.touch_session(session, token, now=MONDAY + touched_after)

    assert (who(harbour, token, now=MONDAY + asked_after) is not None) == lasts


def test_the_second_factor_is_asked_for_ten_minutes_and_gives_a_new_token(harbour, eve):
    token = started(harbour, eve, is_complete=False)

    assert not who(harbour, token).is_complete
    assert who(harbour, token, now=MONDAY + timedelta(minutes=10)) is None
    with harbour.transaction() as session:
        renewed = actions.complete_session(session, token, now=MONDAY)

    assert renewed != token
    assert who(harbour, token) is None
    assert who(harbour, renewed).is_complete
    with pytest.raises(NotFound), harbour.transaction() as session:
        actions.complete_session(session, token, now=MONDAY)


def test_signing_out_ends_one_browser(harbour, eve):
    here, there = started(harbour, eve), started(harbour, eve)

    with harbour.transaction() as session:
        actions.end_session(session, here)

    assert who(harbour, here) is None
    assert who(harbour, there) is not None


def test_what_is_over_is_forgotten(database, harbour, eve):
    token = started(harbour, eve)
    with database.directory() as session:
        actions.throttle(session, KEY, limit=1, window_s=60, now=MONDAY)

    with database.across_tenants() as session:
        actions.forget_old_sign_ins(session, now=MONDAY + timedelta(hours=7))
    assert who(harbour, token) is not None
    with database.across_tenants() as session:
        actions.forget_old_sign_ins(session, now=MONDAY + timedelta(days=8))
    assert who(harbour, token) is None


def test_of_a_hundred_tries_at_once_only_the_limit_passes(database):
    def one_try(_):
        with database.directory() as session:
            return actions.throttle(session, KEY, limit=5, window_s=900, now=MONDAY)

    with ThreadPoolExecutor(10) as threads:
        passed = sum(threads.map(one_try, range(100)))

    assert passed == 5


def test_a_throttle_lets_in_again_after_its_window_or_a_success(database):
    def one_try(after_s):
        now = MONDAY + timedelta(seconds=after_s)
        with database.directory() as session:
            return actions.throttle(session, KEY, limit=1, window_s=60, now=now)

    assert [one_try(s) for s in (0, 59, 60, 61)] == [True, False, True, False]
    with database.directory() as session:
        actions.lift_throttle(session, KEY)
    assert one_try(62)


def test_a_second_factor_is_in_force_once_its_first_code_was_given(harbour, eve):
    secret = begun(harbour, eve)
    with pytest.raises(Refused, match="not right"):
        confirmed(harbour, eve, "000000")
    codes = confirmed(harbour, eve, pyotp.TOTP(secret).at(MONDAY))

    assert len(set(codes)) == 10
    with harbour.transaction() as session:
        assert queries.credentials(session, eve).has_second_factor
        with pytest.raises(Refused, match="in force"):
            actions.begin_totp(session, eve, sealer=SEALER)


def test_a_code_is_taken_once_also_by_two_at_the_same_time(harbour, eve):
    secret = begun(harbour, eve)
    confirmed(harbour, eve, pyotp.TOTP(secret).at(MONDAY))
    later = MONDAY + timedelta(seconds=60)
    code = pyotp.TOTP(secret).at(later)

    def take(_):
        with harbour.transaction() as session:
            return actions.take_totp(session, eve, code, sealer=SEALER, now=later)

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(take, range(8))) == 1


def test_a_second_factor_sealed_with_a_new_key_still_counts(harbour, eve):
    secret = begun(harbour, eve)
    rotated = Sealer([b"n" * 32, b"k" * 32])

    resealed = []
    for _ in range(2):
        with harbour.transaction() as session:
            resealed.append(actions.reseal_second_factors(session, sealer=rotated))

    assert resealed == [1, 0]
    code, newest_only = pyotp.TOTP(secret).at(MONDAY), Sealer([b"n" * 32])
    with harbour.transaction() as session:
        assert actions.take_totp(session, eve, code, sealer=newest_only, now=MONDAY)


def test_a_recovery_code_is_taken_once_and_only_from_its_person(database, harbour, eve):
    codes = confirmed(harbour, eve, pyotp.TOTP(begun(harbour, eve)).at(MONDAY))
    other = a_person(database, harbour.tenant_id, email="o@harbour.example", role=UserRole.VIEWER)

    def take(user_id, code):
        with harbour.transaction() as session:
            return actions.take_recovery_code(session, user_id, code, now=MONDAY)

    assert not take(other, codes[0])
    assert not take(eve, "")
    assert [take(eve, codes[0].upper()), take(eve, codes[0]), take(eve, codes[1])] == [
        True,
        False,
        True,
    ]


def test_without_the_second_factor_its_codes_are_gone_too(harbour, eve):
    codes = confirmed(harbour, eve, pyotp.TOTP(begun(harbour, eve)).at(MONDAY))

    with harbour.transaction() as session:
        actions.remove_totp(session, eve, by="test", now=MONDAY)
        assert not queries.credentials(session, eve).has_second_factor
        assert not actions.take_recovery_code(session, eve, codes[0], now=MONDAY)


def test_a_link_sets_a_password_once_and_looking_does_not_use_it_up(harbour, eve):
    token = invited(harbour, eve)
    with harbour.transaction() as session:
        assert queries.is_open_invitation(session, token, now=MONDAY)
        assert queries.is_open_invitation(session, token, now=MONDAY)
    with pytest.raises(Refused), harbour.transaction() as session:
        actions.accept_invitation(session, token, "password", now=MONDAY)

    with harbour.transaction() as session:
        assert actions.accept_invitation(session, token, "x" + PASSWORD, now=MONDAY) == eve

    with pytest.raises(NotFound), harbour.transaction() as session:
        actions.accept_invitation(session, token, "y" + PASSWORD, now=MONDAY)


def test_a_link_ends_by_time_by_a_newer_one_and_in_another_tenant(harbour, meadow, eve):
    first = invited(harbour, eve)
    second = invited(harbour, eve)

    for cast, token, now in (
        (harbour, first, MONDAY),
        (harbour, second, MONDAY + timedelta(hours=1)),
        (meadow, second, MONDAY),
        (harbour, "", MONDAY),
    ):
        with cast.transaction() as session:
            assert not queries.is_open_invitation(session, token, now=now)
        with pytest.raises(NotFound), cast.transaction() as session:
            actions.accept_invitation(session, token, PASSWORD, now=now)


def test_a_reset_leaves_the_second_factor_in_force(harbour, eve):
    confirmed(harbour, eve, pyotp.TOTP(begun(harbour, eve)).at(MONDAY))

    with harbour.transaction() as session:
        token = actions.invite(session, eve, lifetime=timedelta(hours=1), by="t", now=MONDAY)
        actions.accept_invitation(session, token, "x" + PASSWORD, now=MONDAY)
        assert queries.credentials(session, eve).has_second_factor


def started(cast, user_id, *, is_complete=True):
    with cast.transaction() as session:
        return actions.start_session(session, user_id, BROWSER, is_complete=is_complete, now=MONDAY)


def who(cast, token, *, now=MONDAY):
    with cast.transaction() as session:
        return queries.session_user(session, token, now=now)


def begun(cast, user_id):
    with cast.transaction() as session:
        return actions.begin_totp(session, user_id, sealer=SEALER)


def confirmed(cast, user_id, code):
    with cast.transaction() as session:
        return actions.confirm_totp(session, user_id, code, sealer=SEALER, now=MONDAY)


def invited(cast, user_id):
    with cast.transaction() as session:
        return actions.invite(session, user_id, lifetime=timedelta(hours=1), by="t", now=MONDAY)


@pytest.fixture
def eve(database, harbour):
    """Harbour's administrator."""
    return a_person(
        database,
        harbour.tenant_id,
        email="eve@harbour.example",
        role=UserRole.TENANT_ADMINISTRATOR,
    )
