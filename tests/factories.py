"""Rows for tests, made by the actions that make real ones."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from app.tickets.actions import open_ticket
from app.tickets.changes import Author, NewEntry, NewTicket
from app.tickets.kinds import AuthorKind, Channel
from app.tickets.state import TicketState
from tenants.clients.actions import NewRequester, add_requester
from tests.cast import MONDAY, Cast


def a_ticket(tenant: Cast, *, now: datetime = MONDAY, **fields: Any) -> TicketState:
    """A ticket that Dora opened by mail at `now`; `fields`: of NewTicket."""
    with tenant.transaction() as session:
        dora = add_requester(session, NewRequester("Dora", "dora@client.example", None), now=now)
        entry = NewEntry(
            text="The office has no network since this morning.",
            author=Author(AuthorKind.REQUESTER, dora.id, dora.name),
            channel=Channel.MAIL,
        )
        request = NewTicket(
            brand_id=tenant.brand_id,
            prefix=tenant.prefix,
            requester_id=dora.id,
            subject="No network in the office",
            entry=entry,
            language="en",
        )
        return open_ticket(session, replace(request, **fields), now=now).ticket
