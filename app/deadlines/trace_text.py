"""A trace told to a person, in a zone and a language.

Apart from the trace so that one stored explanation serves every reader. Pure: `translate` turns the
English msgids into the reader's words.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.deadlines.pauses import PauseReason
from app.deadlines.trace import TraceCode, TraceLine
from tenants.promises.wording import EN_DASH, N_, WEEKDAYS, Translate, english, span_of_time

# A weekday alone is only clear within the week that follows.
_CLEAR_FOR = timedelta(days=6)

TEMPLATES: dict[TraceCode, str] = {
    TraceCode.STARTS: N_("starts {at}"),
    TraceCode.ALLOWED_OPEN: N_("{span} of service hours"),
    TraceCode.ALLOWED_WALL: N_("{span} round the clock"),
    TraceCode.ALLOWED_DAYS: N_("working days: {amount}"),
    TraceCode.NO_TARGET: N_("no target: measured without a deadline"),
    TraceCode.OPENS: N_("runs from {at}"),
    TraceCode.LEFT_TODAY: N_("{span} left today"),
    TraceCode.RAN: N_("{span} on {days}"),
    TraceCode.CLOSED: N_("closed {days}"),
    TraceCode.PAUSED: N_("paused {at} to {until}: {reason}"),
    TraceCode.STILL_PAUSED: N_("paused since {at}: {reason}"),
    TraceCode.DUE: N_("due {at}"),
    TraceCode.PROMISED: N_("promised by {at}"),
}

REASONS: dict[PauseReason, str] = {
    PauseReason.WAITING_FOR_REQUESTER: N_("waits for the requester"),
    PauseReason.WAITING_FOR_CONFIRMATION: N_("waits for confirmation"),
    PauseReason.OUTSIDE_SERVICE_HOURS: N_("outside service hours"),
}


def render_trace(
    lines: tuple[TraceLine, ...], zone: ZoneInfo, translate: Translate = english
) -> str:
    """The trace as a sentence: "starts Fri 16:40, …, 1 h 20 left today, …, due Mon 11:40"."""
    return ", ".join(trace_lines(lines, zone, translate))


def trace_lines(
    lines: tuple[TraceLine, ...], zone: ZoneInfo, translate: Translate = english
) -> tuple[str, ...]:
    """Each line in words, in the order of the trace. Times are those of `zone`."""
    if not lines:
        return ()
    teller = _Teller(zone, lines[0].at.astimezone(zone).date(), translate)
    return tuple(teller.tell(line) for line in lines)


@dataclass(frozen=True, slots=True)
class _Teller:
    """How one reader is told: their zone, the day the clock started there, and their language."""

    zone: ZoneInfo
    first_day: date
    translate: Translate

    def tell(self, line: TraceLine) -> str:
        template = self.translate(TEMPLATES[line.code])
        words: dict[str, str | int] = {"at": self._instant(line.at)}
        for name, value in line.params:
            words.update(self._words(name, value))
        if "first" in words:
            words["days"] = self._span(str(words["first"]), str(words["last"]))
        return template.format(**words)

    def _words(self, name: str, value: str | int) -> dict[str, str | int]:
        if name in {"seconds", "amount"}:
            return {"span": span_of_time(int(value), self.translate), name: value}
        if name == "until":
            return {name: self._instant(datetime.fromisoformat(str(value)))}
        if name == "reason":
            return {name: self.translate(REASONS[PauseReason(str(value))])}
        return {name: value}

    def _span(self, first: str, last: str) -> str:
        begins, ends = (self._day(date.fromisoformat(day)) for day in (first, last))
        return begins if first == last else f"{begins}{EN_DASH}{ends}"

    def _instant(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        return f"{self._day(local.date())} {local:%H:%M}"

    def _day(self, on: date) -> str:
        weekday = self.translate(WEEKDAYS[on.weekday()])
        return weekday if on - self.first_day <= _CLEAR_FOR else f"{weekday} {on.isoformat()}"
