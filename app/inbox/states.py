"""Where an arrived mail can stand, and the ways between.

Apart from the table, so that pure values can name them.
"""

import enum


class MailState(enum.Enum):
    """Where an arrived mail stands. HELD waits for a person; RELEASED was let through by one."""

    RECEIVED = "received"
    OPENED = "opened"  # made a ticket
    APPENDED = "appended"  # joined one
    HELD = "held"
    RELEASED = "released"  # a person let it in; the next run takes it
    DISCARDED = "discarded"  # a person threw it away
    IGNORED = "ignored"  # our own loop, or the same mail by another mailbox
    BOUNCE = "bounce"


WAITING = frozenset({MailState.RECEIVED, MailState.RELEASED})


def is_waiting(state: MailState) -> bool:
    """Whether the mail is still to be taken."""
    return state in WAITING
