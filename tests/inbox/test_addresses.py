import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.inbox.addresses import Address, read_addresses, read_sender


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("Ada <ada@x.org>", "Ada", "ada@x.org"),
        ("ada@x.org", "", "ada@x.org"),
        ('"Byron, George" <g@x.org>', "Byron, George", "g@x.org"),
        ("ada@x.org (Ada Lovelace)", "Ada Lovelace", "ada@x.org"),
        ("=?utf-8?b?0JDQtNCw?= <Ada@X.ORG>", "Ада", "Ada@x.org"),
        ("Ада <a@пример.рф>", "Ада", "a@xn--e1afmkfd.xn--p1ai"),
        ('"a@b.org" <a@b.org>', "a@b.org", "a@b.org"),
        ("O'Neil <o'n@x.org>", "O'Neil", "o'n@x.org"),
        ('"John Doe"@x.org', "", '"John Doe"@x.org'),
        ("Ada\x00 <ada@x.org>", "Ada", "ada@x.org"),
    ],
    ids=str,
)
def test_an_ordinary_sender_is_read_without_doubt(text, name, address):
    reading = read_sender([text])

    assert reading.addresses == (Address(name, address),)
    assert not reading.ambiguous


@pytest.mark.parametrize(
    "text",
    [
        "alice@example.org)bob@evil.example",
        "alice@example.org(<bob@evil.example>",
        "alice@example.org<bob@evil.example>",
        "<alice@example.org>bob@evil.example",
        "<alice@example.org><bob@evil.example>",
        "alice@example.org <bob@evil.example>",
        '"alice@example.org" <bob@evil.example>',
        "alice@(comment)example.org",
        "alice(bob@evil.example)@example.org",
        "=?utf-8?q?alice=40example.org?= <bob@evil.example>",
        "=?utf-8?q?=3Calice=40example.org=3E?= <bob@evil.example>",
        "=?utf-8?q?alice?=@example.org",
        "a@x.org, b@x.org",
        "Team: a@x.org, b@x.org;",
        "undisclosed-recipients:;",
        "<@relay.example:alice@example.org>",
        "alice@example.org@evil.example",
        "alice\uff20evil.example@example.org",
        "alice@exa mple.org",
        "alice@example..org",
        "alice@-example.org",
        "Doe, John <john@example.org>",
        "nobody",
        '"unfinished <alice@example.org>',
        "(" * 1_000 + ")" * 1_000 + " <alice@example.org>",
    ],
    ids=str,
)
def test_a_doubtful_sender_is_ambiguous(text):
    assert read_sender([text]).ambiguous


def test_two_from_headers_are_ambiguous():
    assert read_sender(["ada@x.org", "ada@x.org"]).ambiguous


def test_a_list_is_no_doubt_where_several_may_be_named():
    reading = read_addresses("a@x.org, Ada <b@x.org>, ")

    assert [each.address for each in reading.addresses] == ["a@x.org", "b@x.org"]
    assert not reading.ambiguous


@given(text=st.text(max_size=300) | st.text(alphabet='ab@.<>()",;:\\ =?', max_size=300))
def test_any_text_can_be_read(text):
    for each in read_addresses(text).addresses:
        assert "@" in each.address
        assert each.address.isprintable()


@pytest.mark.parametrize("piece", ["(", '"', "<", "a@b.c,", "\\", "[", ":", "=?", '"a" ', "<@a:"])
def test_reading_is_linear(piece):
    begun = time.process_time()

    read_addresses(piece * (100_000 // len(piece)))

    assert time.process_time() - begun < 1
