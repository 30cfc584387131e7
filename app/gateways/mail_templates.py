"""The words of our mails: templates on disk, in the reader's language.

An e-mail is three files, `<purpose>/{subject.txt,body.txt,body.html}`; the text body is complete.
Words of a partner or a requester come in as values: they are never templates themselves.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

WEB = Path(__file__).parents[1] / "web"
TEMPLATES = WEB / "templates" / "email"
CATALOGUES = Path(__file__).parents[1] / "translations"
DOMAIN = "messages"


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail in words. `html`: a whole document."""

    subject: str
    text: str
    html: str


def compose(purpose: str, values: Mapping[str, Any], *, language: str) -> Composed:
    """The mail for `purpose`. Raises UndefinedError where a template asks for a missing value."""
    environment = _environment(language)

    def rendered(part: str) -> str:
        return environment.get_template(f"{purpose}/{part}").render(language=language, **values)

    subject = " ".join(rendered("subject.txt").split())
    return Composed(subject, rendered("body.txt").strip() + "\n", rendered("body.html"))


def say(message: str, *, language: str, **values: str) -> str:
    """`message`, an English msgid, in `language` with its values filled in."""
    return _translations(language).gettext(message) % values


@functools.cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        _translations(language), newstyle=True
    )
    return environment


@functools.cache
def _translations(language: str) -> NullTranslations:
    return Translations.load(str(CATALOGUES), [language], DOMAIN)
