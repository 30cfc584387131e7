"""Delivery reports for people's eyes: qmail, Exim, Exchange, Postfix and others.

Apart, because each program has its own words and none is a standard.
"""

import re

from app.inbox.mail import BounceAction, BouncedRecipient

_TEXT_CHARS = 60_000
_LINES = 400
_RECIPIENTS = 200
_REASON_CHARS = 500
_REASON_LINES = 6

_COPY_BEGINS = re.compile(
    r"(?i)^-{2,}.{0,40}(?:copy of (?:the|your) message|original message|returned message|"
    r"this is a copy)"
    r"|^(?:--- below this line|received: from |return-path: )"
)
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_STATUS = re.compile(r"(?:\b|#)([245]\.\d{1,3}\.\d{1,3})\b")
_REPLY_CODE = re.compile(r"\b(4[2-7]\d|5[0-7]\d)[ -]")
_LINE_OF_ADDRESS = re.compile(
    r"^\s{0,8}(?:to:\s*|recipient:\s*)?[<\"'(]?[^\s<>@]{1,64}@[^\s<>]{3,255}"
)
_DELAYED = re.compile(
    r"(?i)will be retried|still trying|will (?:continue|keep) (?:to try|trying)|"
    r"not yet been delivered|"
    r"delivery (?:is |has been )?delayed|delayed mail|this is a warning|do not need to resend|"
    r"temporar(?:y|ily) (?:failure|deferred)"
)
_SOFT = re.compile(
    r"(?i)mailbox (?:is )?full|over ?quota|quota exceeded|exceeded .{0,30}quota|"
    r"insufficient storage|"
    r"try again|timed? ?out|connection refused|greylist|temporar|too many (?:connections|messages)|"
    r"couldn't find any host|name server|retry time"
)
_UNKNOWN = re.compile(
    r"(?i)unknown|no such|not exist|doesn't exist|does not exist|invalid|not found|unrouteable|"
    r"no mailbox|disabled|rejected|refused|not listed|undeliverable|unavailable|couldn't be"
)
_OPENING = re.compile(
    r"(?i)qmail-send|not (?:yet )?been delivered|could not (?:be )?deliver|couldn't be delivered|"
    r"wasn't delivered|not deliver|"
    r"did not reach|undeliver|delivery (?:to the following|has failed|failed|status|failure|"
    r"incomplete)|"
    r"permanent (?:fatal )?error|returned (?:mail|to sender|message)|following address|"
    r"не (?:доставлено|удалось доставить|может быть доставлено)|недоставлен|не вдалося доставити|"
    r"konnte nicht zugestellt|n'a pas (?:pu|été) (?:être )?(?:remis|distribué)|"
    r"no se (?:ha podido|pudo) entregar"
)


def bounced_in_text(failed: tuple[str, ...], text: str) -> tuple[BouncedRecipient, ...]:
    """The recipients named by a report in words; `failed`: values of `X-Failed-Recipients`.

    Never raises; reads 60 000 characters up to the copy of the mail that came back.
    """
    lines = _report_lines(text)
    report = "\n".join(lines)
    named = [found for value in failed for found in _ADDRESS.findall(value)]
    if not named and not _OPENING.search(report):
        return ()
    is_delayed = bool(_DELAYED.search(report))
    listed = [_ADDRESS.findall(line)[:1] for line in lines if _LINE_OF_ADDRESS.match(line)]
    anywhere = _ADDRESS.findall(report)[:1]
    addresses = named or [address for found in listed for address in found] or anywhere
    unique = tuple(dict.fromkeys(address.rstrip(".") for address in addresses))[:_RECIPIENTS]
    return tuple(_judged(address, lines, is_delayed=is_delayed) for address in unique)


def _report_lines(text: str) -> list[str]:
    lines = text[:_TEXT_CHARS].split("\n")[:_LINES]
    for index, line in enumerate(lines):
        if index and _COPY_BEGINS.match(line[:200].lstrip()):
            return lines[:index]
    return lines


def _judged(address: str, lines: list[str], *, is_delayed: bool) -> BouncedRecipient:
    reason = _reason(address, lines)
    status = _status(reason) or _status("\n".join(lines))
    if is_delayed:
        return BouncedRecipient(address, status, BounceAction.DELAYED, hard=False, reason=reason)
    is_soft = status.startswith("4") or status == "5.2.2" or _says_soft(reason, status)
    return BouncedRecipient(address, status, BounceAction.FAILED, hard=not is_soft, reason=reason)


def _says_soft(reason: str, status: str) -> bool:
    is_full = re.search(r"(?i)quota|full|storage", reason)
    said = bool(_SOFT.search(reason)) and not _UNKNOWN.search(reason)
    return bool(is_full and _SOFT.search(reason)) or (said and not status.startswith("5"))


def _reason(address: str, lines: list[str]) -> str:
    """The words after the line that names `address`, up to the next blank line or address."""
    index = next((i for i, line in enumerate(lines) if address in line), None)
    if index is None:
        return ""
    words = [lines[index].partition(address)[2].strip(" >:)\"'")]
    for line in lines[index + 1 : index + 1 + _REASON_LINES]:
        has_begun = any(words)
        if has_begun and (not line.strip() or _LINE_OF_ADDRESS.match(line)):
            break
        words.append(line.strip())
    return " ".join(word for word in words if word)[:_REASON_CHARS]


def _status(text: str) -> str:
    found = _STATUS.search(text)
    if found:
        return found[1]
    code = _REPLY_CODE.search(text)
    return f"{code[1][0]}.0.0" if code else ""
