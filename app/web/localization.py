"""In which language and zone a page speaks: the person's own, else the browser's or brand's."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask, Response, current_app, request
from flask_babel import Babel, get_locale, get_translations
from flask_login import current_user

from app.web.catalogues import ReadersWords
from app.web.filters import install_filters
from app.web.site import site_or_none

LANGUAGES = {"en": "English", "ru": "Русский", "uk": "Українська"}
LANGUAGE_COOKIE = "language"
LANGUAGE_AGE_S = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a page speaks to; asked once by whatever says something a hundred times."""

    locale: Locale
    zone: ZoneInfo
    say: Callable[[str], str]


def init_localization(app: Flask) -> None:
    """Translations, plural rules and the filters for instants and sums."""
    babel = Babel(
        app,
        default_translation_directories=str(app.root_path) + "/translations",
        locale_selector=reader_language,
    )
    babel.domain_instance = ReadersWords()
    install_filters(app.jinja_env, locale=reader_locale, zone=reader_zone)
    app.after_request(_remember_choice)


def reader() -> Reader:
    """The reader of this request."""
    return Reader(reader_locale(), reader_zone(), get_translations().ugettext)


def reader_language() -> str:
    """One of LANGUAGES."""
    if current_user and current_user.is_authenticated:
        return str(current_user.signed_in.language)
    chosen = request.args.get("language") or request.cookies.get(_cookie_name())
    if chosen in LANGUAGES:
        return chosen
    site = site_or_none()
    brand = site.brand if site else None
    best = request.accept_languages.best_match(list(LANGUAGES))
    return best or (brand.language if brand and brand.language in LANGUAGES else "en")


def reader_locale() -> Locale:
    """The reader's language as Babel knows it."""
    return get_locale() or Locale("en")


def reader_zone() -> ZoneInfo:
    """The zone in which the reader is shown instants."""
    if current_user and current_user.is_authenticated:
        return ZoneInfo(current_user.signed_in.zone)
    site = site_or_none()
    return ZoneInfo(site.zone if site else "UTC")


def _cookie_name() -> str:
    return f"__Host-{LANGUAGE_COOKIE}" if _is_https() else LANGUAGE_COOKIE


def _is_https() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _remember_choice(response: Response) -> Response:
    """Keep a language chosen by link: the form that is sent next names none."""
    chosen = request.args.get("language")
    if chosen in LANGUAGES:
        response.set_cookie(
            _cookie_name(),
            chosen,
            max_age=LANGUAGE_AGE_S,
            secure=_is_https(),
            httponly=True,
            samesite="Lax",
        )
    return response
