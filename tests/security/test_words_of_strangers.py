"""Anybody can write in another's name; our automatic answer carries none of their words as links.

Source: `security.md` 67.
"""

import time

import pytest

from app.flows.first_answer import quotable
from tests.journeys.conftest import parsing, post  # noqa: F401 - fixtures
from tests.journeys.mails import a_mail, letters

LURES = [
    "https://evil.example/win",
    "www.evil.example",
    "evil.com",
    "Evil.Com:8080/x",
    "pay@evil.example",
    "login.evil.co.uk?now",
]


@pytest.mark.parametrize("lure", [lure for lure in LURES if "@" not in lure])
def test_a_name_that_is_an_address_does_not_reach_the_victim(harbour, post, lure):  # noqa: F811
    post.send(a_mail(sender=f'"You won, see {lure}" <victim@client.example>'), harbour.address)

    assert is_free_of_evil(harbour)


@pytest.mark.parametrize("lure", LURES)
def test_a_subject_that_is_an_address_does_not_reach_the_victim(harbour, post, lure):  # noqa: F811
    post.send(a_mail(subject=f"You won, see {lure} now"), harbour.address)

    assert is_free_of_evil(harbour)


def test_markup_in_a_subject_is_shown_and_not_obeyed(harbour, post):  # noqa: F811
    post.send(a_mail(subject='<img src=x onerror="alert(1)">'), harbour.address)

    assert all("<img" not in (letter.html or "") for letter in letters(harbour))


@pytest.mark.parametrize("subject", ["report.xlsx opens empty", "It stops at 10.30", "v2.1 hangs"])
def test_what_is_no_address_stays_in_the_requesters_words(subject):
    assert quotable(subject) == subject


def test_a_long_subject_is_looked_through_at_once():
    began = time.process_time()

    quotable("a." * 100_000)
    quotable("a" * 200_000)

    assert time.process_time() - began < 0.1


def is_free_of_evil(tenant):
    """Whether no part of what was sent names the stranger's host."""
    sent = letters(tenant)
    assert sent
    written = [f"{each.subject}{each.text}{each.html}".lower() for each in sent]
    return all("evil." not in text for text in written)
