"""The words of the reader's language, looked up once a request.

The library finds the catalogue again for every word: a page with a hundred rows asks for hundreds.
"""

from babel.support import Translations
from flask_babel import Domain


class ReadersWords(Domain):  # type: ignore[misc]
    """Finds the catalogue at the first word and keeps it for the rest of the request."""

    def get_translations(self) -> Translations:
        """The catalogue of the reader's language."""
        found: Translations = super().get_translations()
        FoundWords(found).as_default()
        return found


class FoundWords(Domain):  # type: ignore[misc]
    """The catalogue of one language."""

    def __init__(self, translations: Translations) -> None:
        super().__init__()
        self._translations = translations

    def get_translations(self) -> Translations:
        """The catalogue."""
        return self._translations
