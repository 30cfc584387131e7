"""Check 78: a sealed secret opens at its own place only, and survives a new key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.sealing import Sealer, Unreadable

OLD, NEW = b"o" * 32, b"n" * 32
PLACE = {"tenant_id": 1, "column": "users.totp_secret", "row": 7}


@given(st.binary(max_size=300))
def test_what_was_sealed_opens_at_its_place(plaintext):
    sealer = Sealer([NEW])

    sealed = sealer.seal(plaintext, **PLACE)

    assert sealer.open(sealed, **PLACE) == plaintext
    assert not plaintext or len(plaintext) < 4 or plaintext not in sealed


@pytest.mark.parametrize(
    "elsewhere",
    [{"tenant_id": 2}, {"column": "mailboxes.imap_secret"}, {"row": 8}],
    ids=lambda place: next(iter(place)),
)
def test_a_secret_swapped_to_another_place_does_not_open(elsewhere):
    sealer = Sealer([NEW])
    sealed = sealer.seal(b"secret", **PLACE)

    with pytest.raises(Unreadable):
        sealer.open(sealed, **{**PLACE, **elsewhere})


@given(st.data())
def test_no_changed_byte_goes_unnoticed(data):
    sealer = Sealer([NEW])
    sealed = bytearray(sealer.seal(b"secret", **PLACE))
    position = data.draw(st.integers(0, len(sealed) - 1))
    sealed[position] ^= data.draw(st.integers(1, 255))

    with pytest.raises(Unreadable):
        sealer.open(bytes(sealed), **PLACE)


@given(st.integers(0, 30))
def test_a_shortened_secret_does_not_open(length):
    sealer = Sealer([NEW])

    with pytest.raises(Unreadable):
        sealer.open(sealer.seal(b"secret", **PLACE)[:length], **PLACE)


def test_a_new_key_seals_while_the_old_one_still_opens():
    sealed_before = Sealer([OLD]).seal(b"secret", **PLACE)
    rotated = Sealer([NEW, OLD])

    assert rotated.open(sealed_before, **PLACE) == b"secret"
    assert not rotated.is_current(sealed_before)
    assert rotated.is_current(rotated.seal(b"secret", **PLACE))


def test_a_key_that_is_gone_opens_nothing():
    sealed = Sealer([OLD]).seal(b"secret", **PLACE)

    with pytest.raises(Unreadable):
        Sealer([NEW]).open(sealed, **PLACE)


def test_equal_secrets_do_not_look_equal():
    sealer = Sealer([NEW])

    assert sealer.seal(b"secret", **PLACE) != sealer.seal(b"secret", **PLACE)


@pytest.mark.parametrize("keys", [[], [b"short"]])
def test_sealing_needs_whole_keys(keys):
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(keys)
