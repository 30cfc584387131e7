"""What a refusal says to its reader: rooms refuse in English, pages speak the reader's language."""

from flask_babel import gettext

from tenants.errors import Refused


def said(refused: Refused) -> str:
    """The refusal in the reader's language, its values filled in.

    What a page has translated already passes through as it is.
    """
    if not refused.message:
        return ""  # the catalogue keeps its header under the empty text
    words = str(gettext(refused.message))
    return words.format(**refused.values) if refused.values else words
