"""How much of one mail is read; what lies beyond is left to the raw copy.

Apart, because the listener, the reader and the tests must agree on the figures.
Source: `security.md` (limits at the edge), which takes Postfix's defaults as the anchor.
"""

from enum import StrEnum

MESSAGE_BYTES = 10_240_000
HEADER_BYTES = 102_400
HEADER_VALUE_BYTES = 32_768
MIME_DEPTH = 30
PARTS = 1_000
ATTACHMENTS = 200
ADDRESSES_PER_HEADER = 200
REFERENCES = 500
BOUNDARY_CHARS = 2_048
PARAMETERS = 100
COMMENT_DEPTH = 20
HOPS = 50
HTML_CHARS = 2_000_000  # markup of one mail that is read, after styles and comments are gone


class Limit(StrEnum):
    """A cap that cut something off; the raw mail still holds the whole."""

    MESSAGE_BYTES = "message_bytes"
    HEADER_BYTES = "header_bytes"
    HEADER_VALUE_BYTES = "header_value_bytes"
    MIME_DEPTH = "mime_depth"
    PARTS = "parts"
    ATTACHMENTS = "attachments"
    ADDRESSES_PER_HEADER = "addresses_per_header"
    REFERENCES = "references"
    BOUNDARY_CHARS = "boundary_chars"
    HTML_CHARS = "html_chars"
    CPU = "cpu"
    MEMORY = "memory"


class Defect(StrEnum):
    """Something malformed that was read as well as it could be."""

    NO_FROM = "no_from"
    TWO_FROM = "two_from"
    DUPLICATE_HEADER = "duplicate_header"
    HEADERS_END_EARLY = "headers_end_early"
    BAD_DATE = "bad_date"
    NO_DATE = "no_date"
    NO_MESSAGE_ID = "no_message_id"
    BAD_MESSAGE_ID = "bad_message_id"
    NO_BOUNDARY = "no_boundary"
    BOUNDARY_NOT_FOUND = "boundary_not_found"
    TRUNCATED_MULTIPART = "truncated_multipart"
    UNKNOWN_CHARSET = "unknown_charset"
    WRONG_CHARSET = "wrong_charset"
    NO_CHARSET = "no_charset"
    BAD_BASE64 = "bad_base64"
    UNKNOWN_ENCODING = "unknown_encoding"
    CONTROL_CHARACTERS = "control_characters"
    BAD_CALENDAR = "bad_calendar"
    BAD_TNEF = "bad_tnef"
    UNREADABLE = "unreadable"
