"""What was written now, apart from quotes and signatures below or between it.

Apart and our own, because popular trimmers hang on hostile text: here each line is looked at
once, by patterns whose cost does not depend on what follows.
"""

from collections.abc import Sequence

from app.inbox.mail import Trimmed
from app.inbox.quote_marks import (
    Cut,
    CutKind,
    first_cut,
    is_mobile_signature,
    is_quoted,
    is_signature_mark,
)

LOW_CONFIDENCE = 0.5  # below this the whole text is shown
LINES = 10_000  # no letter is longer; beyond is a pasted log, which is shown as it is
_SIGNATURE_LINES = 12
_UNREAD_CONFIDENCE = 0.4
_CONFIDENCE = {
    CutKind.MARKER: 1.0,
    CutKind.ATTRIBUTION: 0.95,
    CutKind.HEADER_BLOCK: 0.9,
    CutKind.SEPARATOR: 0.9,
    CutKind.BARE_ATTRIBUTION: 0.75,
    CutKind.FORWARD: 0.4,
}


def trim_reply(text: str) -> Trimmed:
    """`text` in two; the lines of both together are the lines of `text`, each once, in order.

    Never raises; linear in the length. Where nothing visible would be left the whole is visible.
    """
    if text.count("\n") > LINES:
        return Trimmed(text, "", _UNREAD_CONFIDENCE)
    lines = text.splitlines(keepends=True)
    cut = first_cut(lines)
    head_end = cut.line if cut else len(lines)
    hidden = [False] * len(lines)
    _hide_quotes(lines, hidden, head_end)
    _hide_signature(lines, hidden, head_end)
    answers_below = _hide_below(lines, hidden, cut) if cut else False
    confidence = _confidence(lines, hidden, cut, answers_below=answers_below)
    if not any(
        line.strip() for line, is_hidden in zip(lines, hidden, strict=True) if not is_hidden
    ):
        return Trimmed(text, "", 0.3 if text.strip() else 1.0)
    _hide_trailing_blanks(lines, hidden)
    return Trimmed(
        _chosen(lines, hidden, wanted=False), _chosen(lines, hidden, wanted=True), confidence
    )


def _hide_quotes(lines: Sequence[str], hidden: list[bool], end: int) -> None:
    for index in range(end):
        hidden[index] = is_quoted(lines[index])


def _hide_signature(lines: Sequence[str], hidden: list[bool], end: int) -> None:
    """Hide from the last signature mark on, and a telephone's last line."""
    last = end
    while last and (not lines[last - 1].strip() or hidden[last - 1]):
        last -= 1
    for index in range(last - 1, max(-1, last - _SIGNATURE_LINES - 1), -1):
        if hidden[index]:
            return
        if is_signature_mark(lines[index]):
            hidden[index:last] = [True] * (last - index)
            return
    for index in range(last - 1, max(-1, last - 4), -1):
        if is_mobile_signature(lines[index]):
            hidden[index:last] = [True] * (last - index)
            return


def _hide_below(lines: Sequence[str], hidden: list[bool], cut: Cut) -> bool:
    """Hide what the cut begins. Whether unquoted answers below were left visible.

    Where each quoted line carries its mark, words between the quotes are answers.
    """
    end = len(lines)
    hidden[cut.line : cut.end] = [True] * (cut.end - cut.line)
    if cut.kind is not CutKind.ATTRIBUTION:
        hidden[cut.line : end] = [True] * (end - cut.line)
        return False
    for index in range(cut.end, end):
        hidden[index] = is_quoted(lines[index]) or not lines[index].strip()
    _hide_signature(lines, hidden, end)
    below = [index for index in range(cut.end, end) if not hidden[index]]
    for index in range(below[0], below[-1]) if below else ():
        hidden[index] = is_quoted(lines[index]) or (hidden[index] and bool(lines[index].strip()))
    return bool(below)


def _confidence(
    lines: Sequence[str], hidden: Sequence[bool], cut: Cut | None, *, answers_below: bool
) -> float:
    if answers_below:
        return 0.7
    if cut:
        written = any(lines[i].strip() for i in range(cut.line) if not hidden[i])
        return _CONFIDENCE[cut.kind] if written else 0.3
    return 0.85 if any(hidden) else 0.95


def _hide_trailing_blanks(lines: Sequence[str], hidden: list[bool]) -> None:
    if not any(hidden):
        return
    for index in range(len(lines) - 1, -1, -1):
        if not hidden[index] and lines[index].strip():
            return
        hidden[index] = True


def _chosen(lines: Sequence[str], hidden: Sequence[bool], *, wanted: bool) -> str:
    return "".join(
        line for line, is_hidden in zip(lines, hidden, strict=True) if is_hidden is wanted
    )
