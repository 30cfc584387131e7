"""The words of the automatic first answer.

In the requester's words, with the number and the longest time to a solution from the real clock;
honest out of hours.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale

from app.flows.correspondence import reply_marker
from app.gateways.mail_templates import Composed, compose, say
from app.outbox.instants import instant_in_zone
from app.tickets.state import TicketState
from tenants.brands.brand import Brand, Occasion, TextChannel, TextKind, fill_in, text_for
from tenants.promises.service_hours import WorkCalendar, is_open
from tenants.promises.wording import N_

_NO_SUBJECT = N_("your request")
_PROMISED = N_("You will have a solution by %(time)s at the latest.")
_CLARIFYING = N_("We are clarifying how long it will take and will tell you.")
_LONGEST_TASK = 120
_LONGEST_READ = 1_000
# What mail programs make a link of by themselves; names of files are common words in subjects.
_FILE = r"(?:docx?|xlsx?|pptx?|pdf|txt|csv|exe|dll|log|ini|jpe?g|png|xml|json|html?)"
_ADDRESS = re.compile(
    r"\S*(?:://|www\.|@)\S*|\b[\w-]+(?:\.[\w-]+)+/\S*"
    rf"|\b(?:[\w-]+\.)+(?!{_FILE}\b)(?:[a-z]{{2,}}|xn--[\w-]+|рф|укр)\b(?:[:?#]\S*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Answered:
    """What the first answer tells. `page`: address of the requester's own page."""

    ticket: TicketState
    brand: Brand
    hours: WorkCalendar
    requester_name: str
    language: str
    page: str
    promised_at: datetime | None


@dataclass(frozen=True, slots=True)
class FirstWords:
    """The mail, and what of it is kept on the ticket."""

    mail: Composed
    kept_text: str


def first_answer(of: Answered, *, now: datetime) -> FirstWords:
    """The words for one ticket, in the requester's language."""
    task = quotable(of.ticket.subject) or say(_NO_SUBJECT, language=of.language)
    values = {
        "requester": quotable(of.requester_name),
        "brand": of.brand.name_in(of.language),
        "ticket": of.ticket.ref,
        "task": task,
        "promise": _promise(of),
    }
    words = fill_in(_text(of, TextKind.ACKNOWLEDGEMENT, now=now), values)
    mail = compose(
        "acknowledgement",
        {
            "marker": reply_marker(of.language),
            "ref": of.ticket.ref,
            "subject": task,
            "words": words,
            "link": of.page,
            "signature": fill_in(_text(of, TextKind.SIGNATURE, now=now), values),
        },
        language=of.language,
    )
    return FirstWords(mail, words)


def quotable(subject: str) -> str:
    """A subject or a name in the requester's words, short and without addresses.

    Anybody can write in another's name; our answer must not carry their links to that person.
    """
    bare = " ".join(_ADDRESS.sub(" ", subject[:_LONGEST_READ]).split())
    return bare if len(bare) <= _LONGEST_TASK else bare[: _LONGEST_TASK - 1] + "…"


def _promise(of: Answered) -> str:
    if of.promised_at is None:
        return say(_CLARIFYING, language=of.language)
    time = instant_in_zone(
        of.promised_at, locale=Locale.parse(of.language), zone=ZoneInfo(of.hours.zone)
    )
    return say(_PROMISED, language=of.language, time=time)


def _text(of: Answered, kind: TextKind, *, now: datetime) -> str:
    occasion = Occasion(kind, TextChannel.MAIL, of.language, is_open(of.hours, now))
    return text_for(of.brand, occasion)
