"""What a brand says: its own words where they fit, neutral ones otherwise, and no gaps."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.brands.brand import (
    PLACEHOLDERS,
    Brand,
    BrandText,
    Hours,
    Occasion,
    TextChannel,
    TextKind,
    Tone,
    check_text,
    fill_in,
    neutral_text,
    text_for,
)
from tenants.brands.neutral_texts import NEUTRAL_TEXTS, promise_sentence
from tenants.directory.languages import LANGUAGES
from tenants.errors import Refused

ANSWER = Occasion(TextKind.ACKNOWLEDGEMENT, TextChannel.MAIL, "uk", is_open=True)
AVOIDED = ("problem", "cannot", "don't know", "проблем", "не можем", "не знаем", "не можемо")
EVERYWHERE = {"channel": TextChannel.ANY, "hours": Hours.ALWAYS, "tone": Tone.NEUTRAL}


def a_text(body, *, language="uk", **place):
    return BrandText(
        kind=TextKind.ACKNOWLEDGEMENT, language=language, body=body, **{**EVERYWHERE, **place}
    )


def a_brand(*texts, tone=Tone.NEUTRAL, language="en"):
    return Brand(
        id=1,
        tenant_id=1,
        slug="harbour",
        name="Harbour",
        names={"uk": "Гавань"},
        colour="#1757c2",
        tone=tone,
        language=language,
        prefix="HB",
        portal_host=None,
        telephone=None,
        sender_address="support@harbour.example",
        pronunciation=None,
        texts=texts,
    )


@pytest.mark.parametrize("kind", TextKind)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_open", [True, False])
def test_every_occasion_has_neutral_words_in_every_language(kind, language, is_open):
    words = neutral_text(Occasion(kind, TextChannel.MAIL, language, is_open), language)

    check_text(words)
    assert not [avoided for avoided in AVOIDED if avoided in words.lower()]
    assert "{" not in fill_in(words, dict.fromkeys(PLACEHOLDERS, "x"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_automatic_answer_names_task_number_and_time(language):
    for (kind, _), words in NEUTRAL_TEXTS[language].items():
        if kind == "acknowledgement":
            assert all(name in words for name in ("{requester}", "{task}", "{ticket}", "{promise}"))


def test_a_clarifying_question_asks_and_begins_with_the_name():
    for texts in NEUTRAL_TEXTS.values():
        words = texts["clarifying", "always"]
        assert "?" in words
        assert "{requester}" in words.splitlines()[0]


@pytest.mark.parametrize("language", [*LANGUAGES, "de"])
def test_the_promise_is_a_time_or_that_it_is_being_clarified(language):
    assert "14:30 (Kyiv)" in promise_sentence(language, by="14:30 (Kyiv)")
    assert promise_sentence(language, by=None) != promise_sentence(language, by="")


def test_the_words_that_fit_best_are_chosen():
    everywhere = a_text("everywhere")
    at_night = a_text("at night", hours=Hours.OUT_OF_HOURS)
    by_day = a_text("by day", hours=Hours.IN_HOURS)
    by_mail = a_text("by mail", channel=TextChannel.MAIL)
    warm = a_text("warm", channel=TextChannel.MAIL, tone=Tone.PERSONAL)

    assert text_for(a_brand(everywhere, at_night), ANSWER) == "everywhere"
    assert text_for(a_brand(everywhere, at_night, by_day), ANSWER) == "by day"
    assert text_for(a_brand(by_day, by_mail), ANSWER) == "by mail"
    assert text_for(a_brand(by_mail, warm), ANSWER) == "by mail"
    assert text_for(a_brand(by_mail, warm, tone=Tone.PERSONAL), ANSWER) == "warm"


def test_the_readers_language_goes_before_the_brands_wording():
    english = a_text("in English", language="en")

    assert text_for(a_brand(english), ANSWER) == neutral_text(ANSWER, "uk")
    in_german = Occasion(TextKind.ACKNOWLEDGEMENT, TextChannel.MAIL, "de", is_open=True)
    assert text_for(a_brand(english), in_german) == "in English"
    assert text_for(a_brand(language="de"), in_german) == neutral_text(ANSWER, "en")


def test_a_brand_is_called_by_its_name_in_the_language():
    assert [a_brand().name_in(language) for language in ("uk", "ru")] == ["Гавань", "Harbour"]


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("Hello, {requester}.", {"requester": "Olena"}, "Hello, Olena."),
        ("Hello, {requester}.", {}, "Hello."),
        ("{requester}, hello", {"requester": " "}, "hello"),
        ("{brand}: {ticket}", {"brand": "{ticket}", "ticket": "HB-1"}, "{ticket}: HB-1"),
        ("{unknown} {brand.name}", {"brand": "B"}, "{unknown} {brand.name}"),
        ("{0.__class__} {requester!r}", {"requester": "R"}, "{0.__class__} {requester!r}"),
        ("{task}", {"task": r"\g<name> \1 C:\new"}, r"\g<name> \1 C:\new"),
    ],
)
def test_placeholders_are_replaced_once_and_nothing_else_happens(text, values, filled):
    assert fill_in(text, values) == filled


@given(st.text(), st.dictionaries(st.sampled_from(PLACEHOLDERS), st.text()))
def test_filling_in_never_fails_and_leaves_foreign_text_alone(text, values):
    filled = fill_in(text, values)

    if not re.search(r"\{(" + "|".join(PLACEHOLDERS) + r")\}", text):
        assert filled == text.lstrip(", ")


@pytest.mark.parametrize("text", ["", "  ", "Hello, {name}", "{}", "{brand.name}", "{ticket!r}"])
def test_a_text_with_an_unknown_placeholder_is_refused(text):
    with pytest.raises(Refused):
        check_text(text)
