"""Check 23: a code is taken in its half minute and the ones beside it, and never twice."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.access.totp import STEP_S, enrolment_uri, secret_text, step_of

SECRET = secret_text(b"12345678901234567890")
NOW = datetime(2026, 11, 2, 8, 0, 10, tzinfo=UTC)


def code_at(at):
    return pyotp.TOTP(SECRET).at(at)


@pytest.mark.parametrize(
    ("seconds", "is_taken"), [(0, True), (-30, True), (30, True), (-60, False), (60, False)]
)
def test_a_code_is_taken_within_a_half_minute_of_its_own(seconds, is_taken):
    code = code_at(NOW + timedelta(seconds=seconds))

    assert (step_of(SECRET, code, now=NOW, last_step=None) is not None) == is_taken


def test_a_code_is_taken_once():
    step = step_of(SECRET, code_at(NOW), now=NOW, last_step=None)

    assert step == int(NOW.timestamp()) // STEP_S
    assert step_of(SECRET, code_at(NOW), now=NOW, last_step=step) is None
    later = NOW + timedelta(seconds=STEP_S)
    assert step_of(SECRET, code_at(NOW), now=later, last_step=step) is None
    assert step_of(SECRET, code_at(later), now=later, last_step=step) == step + 1


@given(st.text(max_size=12))
def test_what_is_no_code_is_wrong_and_never_an_error(typed):
    right = {code_at(NOW + timedelta(seconds=s)) for s in (-30, 0, 30)}

    found = step_of(SECRET, typed, now=NOW, last_step=None)

    assert (found is not None) == (typed.replace(" ", "") in right)


def test_the_published_vector_of_the_standard_holds():
    # RFC 6238, appendix B: 94287082 at 59 s, here with six digits.
    assert step_of(SECRET, "287 082", now=datetime.fromtimestamp(59, UTC), last_step=None) == 1


def test_the_picture_names_the_account_and_whose_pages_it_opens():
    uri = enrolment_uri(SECRET, account="ada@provider.example", issuer="Help desk")

    assert uri.startswith("otpauth://totp/Help%20desk:ada%40provider.example?")
    assert SECRET in uri
