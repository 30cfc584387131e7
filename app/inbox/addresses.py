"""Who a header names, read so that a doubtful sender is never believed.

Apart, because the standard library still returns the wrong address for the shapes of
CVE-2023-27043: here two readings must agree, or the sender is ambiguous.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import getaddresses

import idna

from app.inbox.address_tokens import Token, TokenKind, tokens_of
from app.inbox.cleaning import clean_line
from app.inbox.encoded_words import decode_words
from app.inbox.limits import ADDRESSES_PER_HEADER

_DOMAIN_CHARS = 253
_LOCAL_CHARS = 128
_LOCAL = re.compile(r"""[^\s@<>()\[\],;:"\\]{1,128}|"(?:[^"\\]|\\.){1,126}\"""")
_DOMAIN = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?\.?|\[[0-9A-Za-z:.]{2,60}\]")
_ADDRESS_IN_NAME = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_LIBRARY_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Address:
    """`name`: decoded, may be empty. `address`: local part as written, domain lower-case ASCII."""

    name: str
    address: str

    @property
    def key(self) -> str:
        """What two spellings of one mailbox have in common."""
        return self.address.lower()


@dataclass(frozen=True, slots=True)
class AddressReading:
    """`ambiguous`: two careful readers could name different mailboxes."""

    ambiguous: bool
    addresses: tuple[Address, ...]
    was_cut: bool = False


def read_addresses(text: str) -> AddressReading:
    """The mailboxes of a header value, at most 200, and whether the reading is beyond doubt.

    Never raises. Ambiguous: groups, routes, comments inside or naming an address, text after
    the brackets, a name that shows another address, invalid domains, and every value that the
    standard library reads differently.
    """
    mailboxes, is_odd = _split(tokens_of(text))
    kept = mailboxes[:ADDRESSES_PER_HEADER]
    readings = [_read_mailbox(mailbox) for mailbox in kept]
    addresses = tuple(address for address, _ in readings if address)
    ambiguous = is_odd or any(doubtful for _, doubtful in readings)
    if not ambiguous and len(text) <= _LIBRARY_CHARS:
        ambiguous = not _library_agrees(text, [raw for raw in map(_raw_address, kept) if raw])
    return AddressReading(ambiguous, addresses, was_cut=len(mailboxes) > len(kept))


def read_sender(values: Iterable[str]) -> AddressReading:
    """The sender from each `From` value of a mail: ambiguous unless exactly one is named."""
    readings = [read_addresses(value) for value in list(values)[:2]]
    addresses = tuple(address for reading in readings for address in reading.addresses)
    doubtful = any(reading.ambiguous for reading in readings)
    return AddressReading(doubtful or len(readings) > 1 or len(addresses) > 1, addresses)


def _split(tokens: Iterable[Token]) -> tuple[list[list[Token]], bool]:
    """The tokens of each mailbox, and whether a group or an unfinished piece occurs."""
    mailboxes: list[list[Token]] = [[]]
    is_odd = False
    for token in tokens:
        if token.kind is TokenKind.BROKEN:
            is_odd = True
        elif token.kind is TokenKind.COLON:
            is_odd = True
            mailboxes[-1] = []
        elif token.kind is TokenKind.SEPARATOR:
            mailboxes.append([])
        else:
            mailboxes[-1].append(token)
    named = [m for m in mailboxes if any(t.text.strip() for t in m if t.kind != TokenKind.COMMENT)]
    return named, is_odd


def _read_mailbox(tokens: list[Token]) -> tuple[Address | None, bool]:
    raw = _raw_address(tokens)
    name = _name(tokens)
    if raw is None:
        return None, not _is_null(tokens)
    address, is_sound = _normalised(raw)
    if not address:
        return None, True
    shown = {found.lower() for found in _ADDRESS_IN_NAME.findall(name)} - {address.lower()}
    return Address(name, address), bool(shown) or not is_sound or _is_misshapen(tokens)


def _raw_address(tokens: list[Token]) -> str | None:
    """The text that stands for the address: what is in brackets, else all that is no comment."""
    for token in tokens:
        if token.kind is TokenKind.ANGLE:
            return token.text.strip() or None
    bare = "".join(t.text for t in tokens if t.kind in {TokenKind.TEXT, TokenKind.QUOTED}).strip()
    return bare or None


def _is_null(tokens: list[Token]) -> bool:
    return any(t.kind is TokenKind.ANGLE and not t.text.strip() for t in tokens)


def _name(tokens: list[Token]) -> str:
    """The display name: words before the brackets, else the comment of an old-style address."""
    kinds = [token.kind for token in tokens]
    if TokenKind.ANGLE in kinds:
        before = tokens[: kinds.index(TokenKind.ANGLE)]
        words = [t.unquoted() for t in before if t.kind in {TokenKind.TEXT, TokenKind.QUOTED}]
        return decode_words(" ".join(word.strip() for word in words if word.strip()))
    return decode_words(" ".join(t.text for t in tokens if t.kind is TokenKind.COMMENT))


def _is_misshapen(tokens: list[Token]) -> bool:
    kinds = [token.kind for token in tokens]
    if any(t.kind is TokenKind.COMMENT and re.search("[@<>]", t.text) for t in tokens):
        return True
    if TokenKind.ANGLE not in kinds:
        spoken = [k for k in kinds if k is not TokenKind.COMMENT]
        between = _without_outer_comments(kinds)
        return len(between) > len(spoken)
    place = kinds.index(TokenKind.ANGLE)
    after = [t for t in tokens[place + 1 :] if t.kind != TokenKind.COMMENT and t.text.strip()]
    unquoted = [t for t in tokens[:place] if t.kind is TokenKind.TEXT and "@" in t.text]
    return bool(after or unquoted)


def _without_outer_comments(kinds: list[TokenKind]) -> list[TokenKind]:
    """`kinds` without the comments before and after the address; one left over is inside it."""
    start, end = 0, len(kinds)
    while start < end and kinds[start] is TokenKind.COMMENT:
        start += 1
    while end > start and kinds[end - 1] is TokenKind.COMMENT:
        end -= 1
    return kinds[start:end]


def _normalised(raw: str) -> tuple[str, bool]:
    """`raw` with its domain in lower-case ASCII, and whether it is sound; "" when it is none."""
    cleaned = clean_line(raw)
    local, at, domain = cleaned.rpartition("@")
    if not at or not local or not domain or len(local) > _LOCAL_CHARS:
        return "", False
    is_sound = (
        cleaned == raw.strip()
        and bool(_LOCAL.fullmatch(local))
        and bool(_DOMAIN.fullmatch(domain))
        and "=?" not in local
        and ".." not in domain
        and unicodedata.normalize("NFKC", cleaned).count("@") == 1
    )
    ascii_domain = _ascii_domain(domain)
    is_several_words = re.search(r"[\s<>]|@.*@", cleaned) and not local.startswith('"')
    if is_several_words or not ascii_domain or not cleaned.isprintable():
        return "", False
    return f"{local}@{ascii_domain}", is_sound


def _ascii_domain(domain: str) -> str:
    """The A-label form of `domain`, lower case, without a trailing dot; "" when invalid."""
    if len(domain) > _DOMAIN_CHARS:
        return ""
    if domain.isascii():
        return domain.lower().rstrip(".")
    try:
        return idna.encode(domain.rstrip("."), uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return ""


def _library_agrees(text: str, ours: list[str]) -> bool:
    try:
        theirs = getaddresses([text])
    except (RecursionError, ValueError, IndexError, AttributeError, TypeError):
        return False
    found = {address.lower() for _, address in theirs if address}
    return found == {raw.lower() for raw in ours}
