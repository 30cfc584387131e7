"""The words of our mails: complete in every language, under the partner's name only."""

import re

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from app.gateways.mail_templates import TEMPLATES, compose, say
from tenants.directory.languages import LANGUAGES

PURPOSES = sorted(path.name for path in TEMPLATES.iterdir() if path.is_dir())
TAGS = re.compile(r"<[^>]+>")
VALUES = {
    "marker": "## Reply above this line ##",
    "ref": "HB-12",
    "subject": "No network in the office",
    "words": "Hello, Dora.\n\nWe have your request\nNo network in the office.",
    "text": "It is plugged in again.",
    "html": Markup("<p>It is plugged in again.</p>"),
    "link": "https://harbour.example/r/abc",
    "signature": "Harbour Hosting\n+380 44 000 00 00",
    "earlier": "",
    "name": "Dora",
    "until": "Nov 30, 2026",
    "site_name": "Harbour Hosting",
    "month": "November 2026",
    "label": "2026-7",
    "total": "100.00 EUR",
    "due": "Dec 14, 2026",
    "seller": "The provider\nKyiv",
}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("purpose", PURPOSES)
def test_text_and_html_say_the_same_in_every_language(purpose, language):
    mail = compose(purpose, VALUES, language=language)

    in_html = words_of(TAGS.sub(" ", mail.html.partition("<body>")[2]))
    assert set(in_html) <= set(words_of(mail.text)) | set(words_of(mail.subject))
    assert VALUES["link"] in mail.text
    assert "\n" not in mail.subject
    assert mail.subject


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_mail_names_the_program(purpose, language):
    mail = compose(purpose, VALUES, language=language)

    assert "firstline" not in f"{mail.subject} {mail.text} {mail.html}".lower()


@pytest.mark.parametrize("purpose", ["acknowledgement", "reply"])
def test_words_of_others_are_values_and_never_templates(purpose):
    hostile = "{{ 7 * 7 }} {% raw %} <script>alert(1)</script> %(name)s"
    said = dict.fromkeys(("subject", "words", "text", "signature"), hostile)

    mail = compose(purpose, VALUES | said, language="en")

    assert "49" not in mail.text
    assert hostile in mail.text
    assert "<script>" not in mail.html


def test_a_value_that_is_missing_is_an_error_and_not_a_gap():
    with pytest.raises(UndefinedError):
        compose("acknowledgement", {"ref": "HB-12"}, language="en")


def test_a_line_stays_a_line():
    mail = compose("acknowledgement", VALUES, language="en")

    assert "Harbour Hosting\n+380 44 000 00 00" in mail.text
    assert re.search(r"Harbour Hosting\s*<br>\s*\+380 44", mail.html)


def test_a_sentence_is_said_in_the_readers_language_with_its_values():
    said = [
        say("You will have a solution by %(time)s at the latest.", language=each, time="14:30")
        for each in ("en", "ru", "uk")
    ]

    assert len(set(said)) == 3
    assert all("14:30" in each for each in said)


def words_of(text):
    return re.findall(r"\w+", text)
