import contextlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader

from app.gateways.mail_templates import CATALOGUES
from app.inbox.quote_marks import CutKind, first_cut
from tenants.directory.languages import FALLBACK_LANGUAGE, LANGUAGES

ROOT = Path(__file__).parents[2]
TRANSLATED = sorted(set(LANGUAGES) - {FALLBACK_LANGUAGE})
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+(?::[^{}]*)?\}")
TO_SHUN = re.compile(r"проблем", re.IGNORECASE)  # sources, S1: say "situation" or "incident"
COUNTS = (1, 2, 5, 11, 21, 22, 25, 112)
UPDATES = {
    "ru": (
        "обновление обновления обновлений обновлений обновление обновления обновлений обновлений"
    ),
    "uk": "оновлення оновлення оновлень оновлень оновлення оновлення оновлень оновлень",
}
MINUTES = {
    "ru": "минута минуты минут минут минута минуты минут минут",
    "uk": "хвилина хвилини хвилин хвилин хвилина хвилини хвилин хвилин",
}


def test_each_language_of_the_pages_has_a_catalogue():
    found = sorted(path.parents[1].name for path in CATALOGUES.glob("*/LC_MESSAGES/messages.po"))

    assert found == TRANSLATED


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_word_of_the_source_is_translated(language, source, catalogues):
    translated = {
        key_of(message) for message in words_of(catalogues[language]) if is_whole(message)
    }

    missing = [message.id for message in words_of(source) if key_of(message) not in translated]

    assert missing == [], "run `make words`, then translate these"


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_a_guess_or_left_over(language, source, catalogues):
    known = {key_of(message) for message in words_of(source)}

    guesses = [message.id for message in words_of(catalogues[language]) if message.fuzzy]
    left_over = [
        message.id for message in words_of(catalogues[language]) if key_of(message) not in known
    ]

    assert (guesses, left_over, list(catalogues[language].obsolete)) == ([], [], [])


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_the_placeholders_of_their_source(language, catalogues):
    changed = [
        (message.id, form)
        for message in words_of(catalogues[language])
        for form in forms_of(message.string)
        if gaps(form) != gaps(forms_of(message.id)[-1])
    ]

    assert changed == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_catalogue_compiles(language, catalogues):
    complaints = [(message.id, errors) for message, errors in catalogues[language].check()]

    assert complaints == []
    assert compiled(catalogues[language]).gettext("Send") != "Send"


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize(("what", "expected"), [("update", UPDATES), ("minute", MINUTES)])
def test_numbers_are_followed_by_the_right_form(language, what, expected, catalogues):
    words = compiled(catalogues[language])

    shown = [
        words.ngettext(f"%(count)s {what}", f"%(count)s {what}s", count) % {"count": count}
        for count in COUNTS
    ]

    forms = expected[language].split()
    assert shown == [f"{count} {form}" for count, form in zip(COUNTS, forms, strict=True)]


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_scripts_are_given_each_plural_form(language, catalogues):
    words = words_of_scripts(compiled(catalogues[language]))

    one, _two, many, *_rest = UPDATES[language].split()
    assert words["rows.updates"]["one"] == f"{{count}} {one}"
    assert words["rows.updates"]["many"] == f"{{count}} {many}"
    assert words["clock.hours"].startswith("{hours} ")


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_line_above_which_one_answers_is_found_again(language, catalogues):
    line = compiled(catalogues[language]).gettext("Reply above this line")

    cut = first_cut([f"## {line} ##"])

    assert cut is not None
    assert cut.kind is CutKind.MARKER


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_calls_what_happened_a_problem(language, catalogues):
    blunt = [
        form
        for message in words_of(catalogues[language])
        for form in forms_of(message.string)
        if TO_SHUN.search(form)
    ]

    assert blunt == []


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Catalog:
    """What `make words` finds in the source of this moment."""
    found = tmp_path_factory.mktemp("words") / "messages.pot"
    with contextlib.chdir(ROOT):
        CommandLineInterface().run(["pybabel", "--quiet", "extract", "-o", str(found)])
    return read_po(io.BytesIO(found.read_bytes()))


@pytest.fixture(scope="module")
def catalogues() -> dict[str, Catalog]:
    return {
        language: read_po(
            io.BytesIO((CATALOGUES / language / "LC_MESSAGES" / "messages.po").read_bytes()),
            locale=language,
        )
        for language in TRANSLATED
    }


def words_of(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)  # the first is the header


def key_of(message: Message) -> tuple[str | None, str]:
    return message.context, forms_of(message.id)[0]


def forms_of(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def is_whole(message: Message) -> bool:
    wanted = 1 if isinstance(message.id, str) else 3  # Russian and Ukrainian have three forms
    return [bool(form) for form in forms_of(message.string)] == [True] * wanted


def gaps(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def compiled(catalogue: Catalog) -> Translations:
    file = io.BytesIO()
    write_mo(file, catalogue)
    file.seek(0)
    return Translations(file)


def words_of_scripts(words: Translations) -> dict[str, object]:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "app/web/templates"),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
    )
    environment.install_gettext_translations(words, newstyle=True)
    block = environment.get_template("components/words.html").module.words()
    return json.loads(re.search(r">(.*)</script>", block, re.DOTALL)[1])
