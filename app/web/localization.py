"""In which language and zone a page speaks: the person's own, else the browser's or brand's."""

from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask, request
from flask_babel import Babel, get_locale
from flask_login import current_user

from app.web.filters import install_filters
from app.web.site import current_site

LANGUAGES = {"en": "English", "ru": "Русский", "uk": "Українська"}
LANGUAGE_COOKIE = "language"


def init_localization(app: Flask) -> None:
    """Translations, plural rules and the filters for instants and sums."""
    Babel(
        app,
        default_translation_directories=str(app.root_path) + "/translations",
        locale_selector=reader_language,
    )
    install_filters(app.jinja_env, locale=reader_locale, zone=reader_zone)


def reader_language() -> str:
    """One of LANGUAGES."""
    if current_user and current_user.is_authenticated:
        return str(current_user.signed_in.language)
    chosen = request.args.get("language") or request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    brand = current_site().brand
    best = request.accept_languages.best_match(list(LANGUAGES))
    return best or (brand.language if brand and brand.language in LANGUAGES else "en")


def reader_locale() -> Locale:
    """The reader's language as Babel knows it."""
    return get_locale() or Locale("en")


def reader_zone() -> ZoneInfo:
    """The zone in which the reader is shown instants."""
    if current_user and current_user.is_authenticated:
        return ZoneInfo(current_user.signed_in.zone)
    return ZoneInfo(current_site().zone)
