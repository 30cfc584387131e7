"""A ticket's conversation in words, for the desk and, where it is public, for the portal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from app.outbox.markdown import markdown_html
from app.tickets.kinds import AuthorKind, EntryKind, EventKind
from app.tickets.lifecycle import TicketStatus
from app.tickets.page import EntryShown, EventShown, FileShown, TicketPage
from app.web.words import (
    CHANNEL_ICONS,
    CHANNEL_WORDS,
    CLOCK_WORDS,
    PRIORITY_WORDS,
    STATUS_WORDS,
    author_word,
    event_sentence,
)
from tenants.promises.priority import Priority

LOW_CONFIDENCE = 0.5  # below it the whole text is shown, nothing folded away
RASTER_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry as the `entry` macro takes it. `tone`: requester, public or note."""

    entry: EntryShown
    tone: str
    author: Any
    channel_icon: str
    channel_label: Any
    meta: str
    text: str
    html: Markup | None
    folded: str
    files: tuple[FileShown, ...]
    is_event: bool = False


@dataclass(frozen=True, slots=True)
class EventLine:
    """A change as one grey line."""

    text: Any
    at: datetime
    is_event: bool = True


def shown_timeline(page: TicketPage) -> tuple[EntryLine | EventLine, ...]:
    """The whole conversation, for people of the desk and of the partner."""
    return tuple(
        entry_line(item) if isinstance(item, EntryShown) else event_line(item)
        for item in page.timeline
    )


def partner_timeline(page: TicketPage) -> tuple[EntryLine | EventLine, ...]:
    """What the partner reads: public words and what happened, without the desk's notes."""
    return tuple(
        entry_line(item) if isinstance(item, EntryShown) else event_line(item)
        for item in page.timeline
        if not isinstance(item, EntryShown) or item.is_public
    )


def public_timeline(page: TicketPage) -> tuple[EntryLine, ...]:
    """What the requester may read: public words only."""
    return tuple(entry_line(entry) for entry in page.public_entries)


def entry_line(entry: EntryShown) -> EntryLine:
    """One entry in words; where trimming was unsure nothing is folded away."""
    is_sure = entry.trim_confidence is None or entry.trim_confidence >= LOW_CONFIDENCE
    text = entry.text if is_sure else f"{entry.text}\n{entry.quoted_text}".strip()
    return EntryLine(
        entry=entry,
        tone=_tone(entry),
        author=author_word(entry.author_kind, entry.author_name),
        channel_icon=CHANNEL_ICONS[entry.channel],
        channel_label=CHANNEL_WORDS[entry.channel],
        meta=_("automatic") if entry.kind is EntryKind.AUTOMATIC else "",
        text=text,
        html=_rendered(entry, text),
        folded=entry.quoted_text if is_sure else "",
        files=entry.files,
    )


def event_line(event: EventShown) -> EventLine:
    """One change in words."""
    who = author_word(event.author_kind, event.author_name)
    return EventLine(
        text=event_sentence(
            event.kind, who=who, before=_side(event, event.before), after=_side(event, event.after)
        ),
        at=event.at,
    )


def _rendered(entry: EntryShown, text: str) -> Markup | None:
    """An operator's words are Markdown; what came from outside is shown as it was typed."""
    return markdown_html(text) if entry.author_kind is AuthorKind.OPERATOR else None


def _tone(entry: EntryShown) -> str:
    if not entry.is_public:
        return "note"
    return "requester" if entry.author_kind is AuthorKind.REQUESTER else "public"


def _side(event: EventShown, values: dict[str, Any]) -> Any:
    """Before or after of a change in the reader's words."""
    if not values:
        return ""
    if event.kind in {EventKind.STATUS_CHANGED, EventKind.REOPENED} and "status" in values:
        return STATUS_WORDS[TicketStatus(values["status"])]
    if event.kind is EventKind.PRIORITY_CHANGED and "priority" in values:
        priority = Priority(values["priority"])
        reason = f" ({values['reason']})" if values.get("reason") else ""
        return f"{priority.value} {PRIORITY_WORDS[priority]}{reason}"
    if "clock" in values or "kind" in values:
        clock = str(values.get("clock") or values.get("kind"))
        share = values.get("threshold_pct")
        words = str(CLOCK_WORDS.get(clock, clock))
        return f"{words}, {share} %" if share else words
    if "name" in values:
        return values["name"] or _("nobody")
    return ", ".join(str(value) for value in values.values() if value is not None)
