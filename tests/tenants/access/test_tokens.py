"""Check 21: tokens are long, kept as digests, and neither nothing nor everything matches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.access.tokens import (
    RANDOM_LENGTH,
    login_digest,
    recovery_code_text,
    recovery_digest,
    throttle_key,
    token_digest,
    token_owner,
    token_text,
)


@given(st.integers(0, 10**12), st.binary(min_size=RANDOM_LENGTH, max_size=RANDOM_LENGTH))
def test_a_token_names_its_tenant_and_fits_an_address(tenant_id, random):
    token = token_text(tenant_id, random)

    assert token_owner(token) == tenant_id
    assert token.replace("-", "").replace("_", "").replace(".", "").isalnum()
    assert token_digest(token) != token_digest(f"{tenant_id + 1}.{token.partition('.')[2]}")


@pytest.mark.parametrize("text", ["", ".", "1.", "x.abc", "%.abc", "-1.abc", "1" * 40 + ".a", "²."])
def test_what_is_no_token_belongs_to_nobody(text):
    assert token_owner(text) is None


@given(st.text())
def test_any_text_is_a_token_of_somebody_or_nobody_but_no_error(text):
    token_owner(text)
    assert len(token_digest(text)) == 32


def test_a_login_is_found_however_it_is_written_and_only_with_the_key():
    digest = login_digest("Ada@Provider.Example ", secret="k")

    assert digest == login_digest("ada@provider.example", secret="k")
    assert digest != login_digest("ada@provider.example", secret="other")


def test_a_counter_does_not_say_whose_it_is():
    key = throttle_key("login", "ada@provider.example", secret="k")

    assert key.startswith("login:")
    assert "ada" not in key


def test_a_recovery_code_is_found_however_it_is_typed_and_only_for_its_person():
    code = recovery_code_text(b"0123456789")

    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    typed = code.upper().replace("-", " ")
    digest = recovery_digest(code, tenant_id=1, user_id=2)
    assert recovery_digest(typed, tenant_id=1, user_id=2) == digest
    assert recovery_digest(code, tenant_id=1, user_id=3) != digest
