"""Check 18: long enough, not among the first that are tried, no rules of composition."""

import statistics
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.access.passwords import (
    MAX_LENGTH,
    check_password,
    common_passwords,
    hash_password,
    is_right_password,
)
from tenants.errors import Refused

SALT = b"0123456789abcdef"


@pytest.mark.parametrize(
    "good",
    ["xkvbqzmw", "correct horse battery", "море волнуется раз", "x" * 3 + "qvkzwmpl" * 31],
)
def test_length_and_rarity_are_all_that_is_asked(good):
    check_password(good, own_words=("ada@provider.example", "Ada"))


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("", "at least"),
        ("7short!", "at least"),
        ("qz" * MAX_LENGTH, "at most"),
        ("password", "first that are tried"),
        ("PassWord", "first that are tried"),
        ("password123!", "first that are tried"),
        ("12345678", "first that are tried"),
        ("iloveyou", "first that are tried"),
        ("aaaaaaaaaaaa", "first that are tried"),
        ("abababababab", "first that are tried"),
        ("olena1985", "guess"),
        ("bezrodnaya!", "guess"),
    ],
)
def test_what_would_be_guessed_is_refused_with_the_reason(bad, why):
    with pytest.raises(Refused, match=why):
        check_password(bad, own_words=("olena", "Olena Bezrodnaya"))


def test_the_list_holds_far_more_than_the_first_three_thousand():
    assert len(common_passwords()) > 10_000
    assert min(map(len, common_passwords())) >= 8


@settings(max_examples=10)
@given(st.text(min_size=8, max_size=40, alphabet=st.characters(exclude_categories=["Cs"])))
def test_the_right_password_is_right_and_another_is_not(password):
    stored = hash_password(password, salt=SALT)

    assert stored.startswith("$argon2id$")
    assert is_right_password(password, stored)
    assert not is_right_password(password + "x", stored)


def test_letters_typed_in_another_composition_are_the_same_password():
    assert is_right_password("й" * 9, hash_password("и\u0306" * 9, salt=SALT))


@pytest.mark.parametrize("stored", [None, "", "no hash at all", "$argon2id$v=19$broken"])
def test_without_a_usable_hash_no_password_is_right(stored):
    assert not is_right_password("correct horse battery", stored)


def test_an_unknown_account_takes_as_long_as_a_known_one():
    stored = hash_password("correct horse battery", salt=SALT)

    known, unknown = [], []
    for _ in range(15):  # alternating, so that a busy machine slows both
        known.append(_seconds(stored))
        unknown.append(_seconds(None))

    ratio = statistics.median(unknown) / statistics.median(known)
    assert 0.5 < ratio < 2


def _seconds(stored):
    start = time.perf_counter()
    is_right_password("a wrong one, whoever it is", stored)
    return time.perf_counter() - start
