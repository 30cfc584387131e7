"""One name has one spelling, whatever a form or a mail server writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.directory.languages import known_language, spoken_language
from tenants.directory.names import NameKind, spelled
from tenants.errors import Refused


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        (NameKind.SLUG, " Harbour ", "harbour"),
        (NameKind.PREFIX, "hb", "HB"),
        (NameKind.HOST, "Help.Harbour.Example.", "help.harbour.example"),
        (NameKind.HOST, "допомога.укр", "xn--80afc6ajabf.xn--j1amh"),
        (NameKind.MAILBOX, "Support+IT@Harbour.Example", "support+it@harbour.example"),
    ],
)
def test_names_are_kept_in_one_spelling(kind, written, kept):
    assert spelled(kind, written) == kept


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (NameKind.SLUG, "a"),
        (NameKind.SLUG, "9lives"),
        (NameKind.SLUG, "house"),
        (NameKind.SLUG, "har bour"),
        (NameKind.PREFIX, "H"),
        (NameKind.PREFIX, "H-B"),
        (NameKind.PREFIX, "TOOLONGAPREFIX"),
        (NameKind.HOST, "http://harbour.example"),
        (NameKind.HOST, "harbour.example:80"),
        (NameKind.HOST, "-harbour.example"),
        (NameKind.HOST, ""),
        (NameKind.MAILBOX, "support"),
        (NameKind.MAILBOX, "@harbour.example"),
        (NameKind.MAILBOX, "a b@harbour.example"),
        (NameKind.MAILBOX, "support@harbour.example\r\nBcc: x@y.example"),
    ],
)
def test_what_cannot_be_a_name_is_refused(kind, written):
    with pytest.raises(Refused):
        spelled(kind, written)


@given(st.sampled_from(NameKind), st.text(max_size=60))
def test_a_spelling_is_its_own_spelling(kind, written):
    try:
        kept = spelled(kind, written)
    except Refused:
        return
    assert spelled(kind, kept) == kept


def test_a_language_is_known_or_refused_and_a_locale_finds_it():
    assert known_language(" UK ") == "uk"
    assert spoken_language("uk-UA") == "uk"
    assert spoken_language("de", otherwise="ru") == "ru"
    with pytest.raises(Refused):
        known_language("de")
