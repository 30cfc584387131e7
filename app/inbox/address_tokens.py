"""The pieces of an address header: quoted words, comments, brackets, separators.

Apart, because comments nest; depth is counted, not recursed into. Source: RFC 5322 section 3.4.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.inbox.limits import COMMENT_DEPTH

_PIECE = re.compile(
    r"""(?P<quoted>"(?:[^"\\]|\\.)*+")
      | (?P<angle><(?:[^<>"]|"(?:[^"\\]|\\.)*+")*+>)
      | (?P<separator>[,;])
      | (?P<colon>:)
      | (?P<literal>\[[^\]]{0,100}\])
      | (?P<text>[^"<>,;:()\[\]]++)""",
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"\\.|[()]", re.DOTALL)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_PIECES = 5_000


class TokenKind(StrEnum):
    """What a piece is; BROKEN stands for a bracket, quote or comment that never ends."""

    QUOTED = "quoted"
    COMMENT = "comment"
    ANGLE = "angle"
    SEPARATOR = "separator"
    COLON = "colon"
    TEXT = "text"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Token:
    """`text`: without the brackets of a comment or an angle; a quoted word keeps its quotes."""

    kind: TokenKind
    text: str

    def unquoted(self) -> str:
        """The words themselves."""
        if self.kind is not TokenKind.QUOTED:
            return self.text
        return _QUOTED_PAIR.sub(r"\1", self.text[1:-1])


def tokens_of(text: str) -> Iterator[Token]:
    """The tokens of `text` in order, at most 5 000. Never raises; linear in the length."""
    position, count, unclosed = 0, 0, ""
    while position < len(text) and count < _PIECES:
        count += 1
        if text[position] == "(":
            token, position = _comment(text, position)
            yield token
            continue
        match = None if text[position] in unclosed else _PIECE.match(text, position)
        if match is None:
            unclosed += text[position]
            yield Token(TokenKind.BROKEN, text[position])
            position += 1
            continue
        position = match.end()
        yield _token(match)


def _token(match: re.Match[str]) -> Token:
    kind = match.lastgroup or "text"
    if kind == "angle":
        return Token(TokenKind.ANGLE, match[0][1:-1])
    return Token(TokenKind.TEXT if kind == "literal" else TokenKind(kind), match[0])


def _comment(text: str, start: int) -> tuple[Token, int]:
    """The comment that opens at `start`, and where it ends; BROKEN when unfinished or too deep."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += {"(": 1, ")": -1}.get(edge[0], 0)
        if depth == 0:
            return Token(TokenKind.COMMENT, text[start + 1 : edge.end() - 1]), edge.end()
        if depth > COMMENT_DEPTH:
            break
    return Token(TokenKind.BROKEN, "("), len(text)
