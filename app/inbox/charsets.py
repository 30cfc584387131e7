"""Bytes of a mail to text, whatever the charset label says.

Apart, because a label may be missing, invented or wrong, and reading must go on.
"""

import codecs
import re

from app.inbox.limits import Defect

_SAMPLE_BYTES = 8_192
_ALIASES = {
    "ansi": "cp1252",
    "ascii": "utf-8",
    "cp-1251": "cp1251",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "ks_c_5601-1987": "cp949",
    "latin1": "cp1252",
    "macintosh": "mac-roman",
    "shift_jis": "cp932",
    "unicode": "utf-16",
    "unicode-1-1-utf-7": "utf-7",
    "us-ascii": "utf-8",
    "utf8mb4": "utf-8",
    "win-1251": "cp1251",
    "windows-874": "cp874",
    "windows1251": "cp1251",
    "x-gbk": "gb18030",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-sjis": "cp932",
    "x-user-defined": "utf-8",
}
# Codecs of the interpreter that are no charsets of mail; punycode and idna are also quadratic.
_REFUSED = {
    "idna",
    "mbcs",
    "oem",
    "palmos",
    "punycode",
    "raw-unicode-escape",
    "undefined",
    "unicode-escape",
}
_CYRILLIC = ("cp1251", "koi8-u", "cp866", "iso-8859-5", "mac-cyrillic")
_MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")
_ESCAPED = ((b"\x1b$)C", "iso2022_kr"), (b"\x1b$", "iso2022_jp_2"))
_TYPOGRAPHY = "\xa0«»–—‘’“”„…€°§·"  # noqa: RUF001 - as written
_COMMON_CYRILLIC = frozenset("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъіїєґ")


def decode(data: bytes, declared: str) -> tuple[str, Defect | None]:
    """`data` as text, and what was wrong with the label `declared` ("" when absent).

    Never raises: the label first, then UTF-8, then the likeliest single-byte charset.
    """
    name = codec_name(declared)
    if not name:
        defect = Defect.UNKNOWN_CHARSET if declared else None
        text, guessed = _undeclared(data)
        return text, defect or (Defect.NO_CHARSET if guessed else None)
    if _is_really_utf8(data, name):
        return data.decode("utf-8"), Defect.WRONG_CHARSET
    text_or_none = _strict(data, name)
    if text_or_none is not None:
        return text_or_none, None
    text, _guessed = _undeclared(data)
    return text, Defect.WRONG_CHARSET


def codec_name(declared: str) -> str:
    """The codec to use for a charset label, or "" when the label is unknown or refused."""
    label = declared.strip().strip("\"'").lower()[:60]
    label = _ALIASES.get(label, label)
    if not label.isascii():
        return ""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    return "" if name.replace("_", "-") in _REFUSED else _ALIASES.get(name, name)


def _is_really_utf8(data: bytes, name: str) -> bool:
    """Whether single-byte text is in truth UTF-8: valid, with at least two longer sequences."""
    if not name.startswith(("cp125", "iso8859", "koi8", "mac-")):
        return False
    if len(_MULTIBYTE.findall(data, 0, _SAMPLE_BYTES)) < 2:  # noqa: PLR2004 - see docstring
        return False
    return _strict(data, "utf-8") is not None


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, LookupError):
        return None


def _undeclared(data: bytes) -> tuple[str, bool]:
    for mark, name in _ESCAPED:
        if mark in data[:_SAMPLE_BYTES]:
            text = _strict(data, name)
            if text is not None:
                return text, True
    text = _strict(data.removeprefix(codecs.BOM_UTF8), "utf-8")
    if text is not None:
        return text, False
    return data.decode(_likeliest(data), errors="replace"), True


def _likeliest(data: bytes) -> str:
    """A charset for bytes that are no UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = data[:_SAMPLE_BYTES]
    best = max(_CYRILLIC, key=lambda name: _cyrillic_share(sample, name))
    if _cyrillic_share(sample, best) > 0.6:  # noqa: PLR2004 - most letters read as Cyrillic words
        return best
    return "cp1252" if _is_western(sample) else _by_statistics(sample)


def _cyrillic_share(sample: bytes, name: str) -> float:
    """Share of `sample`'s letters that are common small Cyrillic ones when read as `name`."""
    letters = [char for char in sample.decode(name, errors="replace") if not char.isascii()]
    latin = sum(byte in range(0x61, 0x7B) for byte in sample)
    common = sum(char in _COMMON_CYRILLIC for char in letters)
    return common / (len(letters) + latin / 4 + 1)


def _is_western(sample: bytes) -> bool:
    """Whether `sample` reads as words with an accent here and there."""
    text = sample.decode("cp1252", errors="replace")
    accented = [char for char in text if not char.isascii()]
    is_sparse = len(accented) * 3 < sum(char.isalpha() for char in text)
    return is_sparse and all(char.isalpha() or char in _TYPOGRAPHY for char in accented)


def _by_statistics(sample: bytes) -> str:
    # Imported here: it is heavy, and few mails need it.
    from charset_normalizer import from_bytes  # noqa: PLC0415

    best = from_bytes(sample).best()
    name = codec_name(best.encoding) if best else ""
    return name or "cp1252"
