"""The signs by which mail programs begin a quote, in the languages our tenants meet.

Apart, because they are words and tables; the rule of trimming does not change with a language.
Each pattern is tried on at most 400 characters of one line, so that the cost stays linear.
"""
# ruff: noqa: RUF001 - the words are in their own alphabets

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

_LINE_CHARS = 400
_ATTRIBUTION_LINES = 4
_HEADER_LINES = 8

_MARKER = re.compile(
    r"(?i)(?:reply|respond|answer|write|type)\b.{0,40}\babove\b.{0,20}\bline\b"
    r"|ответ\w{0,6}\b.{0,30}выше (?:этой|данной) (?:линии|строки|черты)"
    r"|(?:відповід|відповіс)\w{0,6}\b.{0,30}(?:вище|над) ці\w{1,3} (?:лінії|лінією|риски|рядка|"
    r"рискою)"
    r"|(?:antwort\w{0,4}|schreiben)\b.{0,40}(?:oberhalb|über) dieser (?:linie|zeile)"
    r"|répond\w{0,4}\b.{0,40}au-dessus de cette ligne"
    r"|(?:responda|escriba)\b.{0,40}(?:encima|arriba) de esta línea"
)
_VERB = (
    r"wrote|writes|schrieb(?: am)?|a écrit|écrit|escribi[óo]|ha scritto|scrisse|escreveu|"
    r"schreef|skrev|"
    r"kirjoitti|napisał\w?|napsal\w?|napísal\w?|a scris|yazdı|написал(?:\(а\)|а|\(-а\))?|пишет|"
    r"писал\w?|"
    r"пише|написав|написала|писав|пишуть|напиша|写道|寫道|さんは書きました|のメール|님이 작성"
)
_ENDS_AS_ATTRIBUTION = re.compile(rf"(?i)(?:{_VERB})[^:：]{{0,120}}[:：]\s*\Z")
_ENDS_WITH_ADDRESS = re.compile(r"[<\[(][^\s<>@]{1,80}@[^\s<>]{1,120}[>\])]\s?[:：]\s*\Z")
_WHEN = re.compile(
    r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|@|\d{4}年"
)
_OPENERS = re.compile(
    r"(?i)(?:on|am|le|el|il giorno|il|em|op|den|dne|dnia|w dniu|pe|в|у|от|\d{1,4}[./ -]|"
    r"(?:mon|tue|wed|thu|fri|sat|sun)|(?:пн|вт|ср|чт|пт|сб|вс|нд)\b|понед|втор|сред|четв|пятн|"
    r"субб|воскр)"
)
_DASHED = re.compile(r"\s*[-_*=]{2,40}\s?[^-_*=\d\s][^-_*=]{2,60}\s?[-_*=]{2,40}\s*\Z")
_FORWARD = re.compile(
    r"(?i)forward|weitergeleitet|transf[ée]r|reenviad|inoltrat|encaminhad|doorgestuurd|"
    r"переслан|пересыла|"
    r"переадрес|przekazan|begin forwarded"
)
_RULE = re.compile(r"\s*[_-]{10,200}\s*\Z")
_HEADER = re.compile(
    r"(?i)[\s*]{0,4}(?:(?P<who>from|von|de|da|от|от кого|від|van|od|från|fra|lähettäjä|kimden|"
    r"发件人|差出人)"
    r"|(?P<when>sent|date|gesendet|datum|envoyé|enviado|enviada|fecha|data|inviato|verzonden|"
    r"отправлено|дата|надіслано|відправлено|wysłano|skickat|sendt|发送时间|日期|送信日時)"
    r"|(?P<to>to|an|à|para|per|a|кому|до|aan|do|till|til|收件人|宛先|cc|copie|kopie|копия|копія)"
    r"|(?P<about>subject|betreff|objet|asunto|assunto|oggetto|onderwerp|тема|temat|ämne|emne|"
    r"主题|件名))"
    r"\s?\*?\s?[:：]"
)
_QUOTED = re.compile(r"[ \t\u00a0]{0,3}(?:>|&gt;|\|[ \t])")
_SIGNATURE = re.compile(r"(?:--|—|__)[ \t]?\r?\n?\Z")
_MOBILE = re.compile(
    r"(?i)\s*[(*_-]{0,2}(?:sent (?:from|via|using) |get outlook for |"
    r"отправлено (?:с|из|от) |послано с |надіслано з |відправлено з |"
    r"(?:von meinem|gesendet (?:von|mit)|diese nachricht wurde von mein) |envoyé (?:de|depuis|"
    r"à partir) |"
    r"enviad[oa] (?:desde|do|de) |inviato da|verzonden (?:vanaf|met) |wysłane z |skickat från |"
    r"sendt fra )"
    r"[^\n]{1,120}\Z"
)


class CutKind(StrEnum):
    """How a quote was recognised, from certain to weak."""

    MARKER = "marker"
    ATTRIBUTION = "attribution"
    HEADER_BLOCK = "header_block"
    SEPARATOR = "separator"
    BARE_ATTRIBUTION = "bare_attribution"
    FORWARD = "forward"


@dataclass(frozen=True, slots=True)
class Cut:
    """The quote begins at index `line`; its introduction ends before index `end`."""

    line: int
    end: int
    kind: CutKind


def first_cut(lines: Sequence[str]) -> Cut | None:
    """Where the earlier mail begins, or None. Linear: from a line at most eight are read."""
    shortened = [line[:_LINE_CHARS] for line in lines]
    for index, line in enumerate(shortened):
        if not line.strip():
            continue
        cut = _marker(line, index) or _separator(shortened, index) or _headers(shortened, index)
        cut = cut or _attribution(shortened, index)
        if cut:
            return cut
    return None


def is_quoted(line: str) -> bool:
    """Whether `line` carries a quote mark."""
    return bool(_QUOTED.match(line))


def is_signature_mark(line: str) -> bool:
    """Whether `line` is the mark before a signature."""
    return bool(_SIGNATURE.match(line))


def is_mobile_signature(line: str) -> bool:
    """Whether `line` is what a telephone adds: "Sent from my …"."""
    return bool(_MOBILE.match(line[:_LINE_CHARS].rstrip()))


def _marker(line: str, index: int) -> Cut | None:
    return Cut(index, index + 1, CutKind.MARKER) if _MARKER.search(line) else None


def _separator(lines: Sequence[str], index: int) -> Cut | None:
    """A dashed title ("-----Original Message-----") or a long rule, with mail headers below it."""
    line = lines[index]
    is_titled = bool(_DASHED.match(line))
    if not (is_titled or _RULE.match(line) or _FORWARD.match(line.lstrip())):
        return None
    following = [i for i in range(index + 1, min(len(lines), index + 4)) if lines[i].strip()]
    if not following or not _HEADER.match(lines[following[0]]):
        return None
    if _FORWARD.search(line):
        return Cut(index, index + 1, CutKind.FORWARD)
    kinds = _header_kinds(lines, following[0])
    if is_titled or len(kinds) > 1:
        return Cut(index, index + 1, CutKind.SEPARATOR)
    return None


def _headers(lines: Sequence[str], index: int) -> Cut | None:
    """Three different mail headers in a row that begin with the sender or the time."""
    match = _HEADER.match(lines[index])
    if not match or match.lastgroup not in {"who", "when"}:
        return None
    kinds = _header_kinds(lines, index)
    is_block = len(kinds) > 2 and "who" in kinds  # noqa: PLR2004 - two could be a form's fields
    return Cut(index, index + 1, CutKind.HEADER_BLOCK) if is_block else None


def _header_kinds(lines: Sequence[str], index: int) -> set[str]:
    kinds: set[str] = set()
    for line in lines[index : index + _HEADER_LINES]:
        match = _HEADER.match(line)
        if match and match.lastgroup:
            kinds.add(match.lastgroup)
        elif not line.strip() and kinds:
            break
    return kinds


def _attribution(lines: Sequence[str], index: int) -> Cut | None:
    """A line, or up to four together, that say who wrote the quote below and when."""
    joined = ""
    for end in range(index, min(len(lines), index + _ATTRIBUTION_LINES)):
        stripped = lines[end].strip()
        if not stripped or is_quoted(stripped):
            return None
        joined = f"{joined} {stripped}".strip()[:_LINE_CHARS]
        if stripped.endswith((":", "：")):
            return _judged(lines, joined, index=index, end=end + 1)
        if end == index and not _OPENERS.match(stripped):
            return None
    return None


def _judged(lines: Sequence[str], joined: str, *, index: int, end: int) -> Cut | None:
    has_verb = bool(_ENDS_AS_ATTRIBUTION.search(joined))
    has_address = bool(_ENDS_WITH_ADDRESS.search(joined))
    if not has_verb and not has_address:
        return None
    following = next((line for line in lines[end : end + 3] if line.strip()), "")
    is_followed = is_quoted(following)
    if is_followed:
        return Cut(index, end, CutKind.ATTRIBUTION)
    is_dated = bool(_WHEN.search(joined)) and (has_verb or bool(_OPENERS.match(joined)))
    return Cut(index, end, CutKind.BARE_ATTRIBUTION) if is_dated else None
