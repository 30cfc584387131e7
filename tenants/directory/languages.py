"""The languages of the interface and of neutral texts.

Apart because tenants, people, brands and requesters all name one.
"""

from tenants.errors import Refused

LANGUAGES: dict[str, str] = {"en": "English", "ru": "Русский", "uk": "Українська"}
FALLBACK_LANGUAGE = "en"


def known_language(code: str) -> str:
    """`code` where the product speaks it. Raises Refused naming the choice."""
    language = code.strip().lower()
    if language not in LANGUAGES:
        raise Refused(
            "The language “{code}” is not one of {known}.", code=code, known=", ".join(LANGUAGES)
        )
    return language


def spoken_language(code: str | None, *, otherwise: str = FALLBACK_LANGUAGE) -> str:
    """The language of `code` ("uk-UA" is "uk"), or `otherwise` where it is not spoken."""
    language = (code or "").replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else otherwise
