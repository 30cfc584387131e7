"""References, places in the queue, reopening: what tickets decide without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tickets.lifecycle import OPEN_STATUSES, TicketStatus
from app.tickets.queue_order import QueuePlace, parse_place
from app.tickets.refs import TicketRef, parse_ref
from app.tickets.reopening import (
    MOST_REOPENINGS,
    REOPEN_WINDOW,
    Effect,
    Standing,
    effect_of_words,
)
from tenants.errors import Refused

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
IDS = st.integers(0, 2**63 - 1)
INSTANTS = st.none() | st.datetimes(timezones=st.just(UTC))


@pytest.mark.parametrize("text", ["HB-10481", " hb-10481 "])
def test_a_reference_is_read_in_any_case(text):
    assert parse_ref(text) == TicketRef("HB", 10481)


@pytest.mark.parametrize(
    "text", ["", "HB", "HB-", "-1", "1-1", "HB-1x", "HB-1-2", "\u041d\u0412-1"]
)
def test_anything_else_is_no_reference(text):
    assert parse_ref(text) is None


@given(at=INSTANTS, tenant_id=IDS, ticket_id=IDS)
def test_a_place_in_the_queue_survives_its_text(at, tenant_id, ticket_id):
    place = QueuePlace(at, tenant_id, ticket_id)

    assert parse_place(str(place)) == place


@given(st.text())
def test_any_other_text_is_refused_as_a_place(text):
    try:
        place = parse_place(text)
    except Refused:
        return
    assert parse_place(str(place)) == place


@pytest.mark.parametrize("status", sorted(OPEN_STATUSES, key=lambda each: each.value))
def test_words_on_an_open_ticket_continue_it(status):
    standing = Standing(status, None, 0)

    assert effect_of_words(standing, "Thank you!", now=NOON) is Effect.CONTINUES


@pytest.mark.parametrize(
    ("ago", "recent", "text", "effect"),
    [
        (timedelta(days=1), 0, "It broke again.", Effect.REOPENS),
        (REOPEN_WINDOW, 0, "It broke again.", Effect.REOPENS),
        (REOPEN_WINDOW + timedelta(seconds=1), 0, "It broke again.", Effect.FOLLOW_UP),
        (timedelta(days=1), 0, "Thank you!", Effect.ENTRY_ONLY),
        (timedelta(days=30), 0, "Thank you!", Effect.ENTRY_ONLY),
        (timedelta(days=1), MOST_REOPENINGS, "It broke again.", Effect.ENTRY_ONLY),
    ],
    ids=["soon", "last instant", "later", "thanks", "late thanks", "too often"],
)
def test_words_on_a_resolved_ticket(ago, recent, text, effect):
    standing = Standing(TicketStatus.RESOLVED, NOON - ago, recent)

    assert effect_of_words(standing, text, now=NOON) is effect
