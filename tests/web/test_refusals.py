"""Rooms refuse in English; whoever reads the page is told in their own language."""
# ruff: noqa: RUF001 - the words are Cyrillic on purpose

import ast
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.refusals import said
from tenants.access.roles import UserRole
from tenants.errors import Refused
from tests import browsers, cast

ADA = "ada@provider.example"
ROOT = Path(__file__).parents[2]
SPEAK_ENGLISH = ("app/commands/", "billing/quote_request.py")
LOOK = {"language": "uk", "zone": "Europe/Kyiv", "theme": "auto"}


def test_a_weak_password_is_refused_in_the_language_of_its_reader(oksana):
    form = {"current": cast.PASSWORD, "password": "short"}

    answer = browsers.send(oksana, "/account/password", form, seen_at="/account")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Не менше 8 знаків; краще 15." in page
    assert "Use at least" not in page


def test_a_prefix_that_cannot_be_is_refused_with_what_was_typed(oksana):
    form = {"name": "Orchard", "prefix": "{slug}"}

    answer = browsers.send(oksana, "/office/partners/new", form)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "«{slug}» не підходить як префікс заявок" in page


def test_a_refusal_that_takes_the_whole_page_speaks_the_readers_language(app, ada):
    answer = ukrainian(browsers.signed_in(app, ADA)).get("/desk/queue?after=nonsense")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Місце у списку не розпізнано; почніть згори." in page


def test_what_a_page_has_translated_already_stays_as_it_is(app):
    with app.test_request_context(headers={"Accept-Language": "uk"}):
        assert said(Refused("Файл {1}.txt завеликий.")) == "Файл {1}.txt завеликий."
        assert said(Refused("")) == ""


def test_commands_and_logs_are_told_in_english():
    assert str(Refused("There is a brand “{slug}” already.", slug="sea")) == (
        "There is a brand “sea” already."
    )


@given(words=st.text())
def test_words_of_a_person_are_never_taken_for_a_pattern(words):
    assert str(Refused(words)) == words
    assert str(Refused("“{name}” is already taken.", name=words)) == f"“{words}” is already taken."


def test_every_refusal_can_be_translated_and_is_given_what_it_names():
    wrong = [place for place, call in refusals() if not is_sayable(call)]

    assert wrong == []


@pytest.fixture
def ada(database, harbour):
    return cast.an_operator(database, harbour)


@pytest.fixture
def oksana(database, sign_in):
    """The provider's administrator, reading Ukrainian."""
    cast.an_operator(database, role=UserRole.PROVIDER_ADMINISTRATOR)
    return ukrainian(sign_in(ADA))


def ukrainian(client):
    browsers.send(client, "/account/look", LOOK, seen_at="/account")
    return client


def refusals():
    """Every place that makes a refusal which a page may show."""
    for folder in ("app", "billing", "tenants"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            if place.startswith(SPEAK_ENGLISH):
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                    yield f"{place}:{node.lineno}", node


def is_sayable(call):
    """Whether it is words that `make words` finds, with a value for each name in braces."""
    message, given_names = call.args[0], {keyword.arg for keyword in call.keywords}
    if isinstance(message, ast.Call):
        return getattr(message.func, "id", "") == "_" and not given_names
    if not isinstance(message, ast.Constant):
        return False
    return {name for _, name, *_ in Formatter().parse(message.value) if name} == given_names
