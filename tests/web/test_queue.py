"""The queue: whose tickets, which of them, and how its rows are fetched anew."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tickets import actions
from app.tickets.changes import Author
from app.tickets.kinds import AuthorKind
from app.tickets.lifecycle import TicketStatus
from app.tickets.queue_order import QueuePlace
from app.web.desk.queue import sortable
from tests import browsers, cast
from tests.cast import MONDAY
from tests.factories import a_ticket

NEVER_DUE = datetime(9999, 1, 1, tzinfo=UTC)
zones = st.sampled_from([UTC, ZoneInfo("Europe/Kyiv")])
OLGA = Author(AuthorKind.OPERATOR, 99, "Olga")


def test_the_queue_holds_the_tickets_of_all_served_partners_and_no_others(ada, harbour, meadow):
    ours, foreign = a_ticket(harbour), a_ticket(meadow)

    page = ada.get("/desk/queue").get_data(as_text=True)

    assert ours.ref in page
    assert foreign.ref not in page


def test_the_most_urgent_ticket_stands_first(ada, harbour):
    later = a_ticket(harbour, now=MONDAY.replace(hour=9))
    sooner = a_ticket(harbour)

    page = ada.get("/desk/queue").get_data(as_text=True)

    assert page.index(sooner.ref) < page.index(later.ref)


def test_mine_holds_what_i_took_and_new_what_nobody_looked_at(ada, harbour, ada_id):
    taken, untouched = a_ticket(harbour), a_ticket(harbour)
    take(harbour, taken, Author(AuthorKind.OPERATOR, ada_id, "Ada"))

    mine = ada.get("/desk/queue?view=mine").get_data(as_text=True)
    new = ada.get("/desk/queue?view=new").get_data(as_text=True)

    assert taken.ref in mine
    assert untouched.ref not in mine
    assert untouched.ref in new
    assert taken.ref not in new


def test_an_empty_queue_says_so_and_what_comes(ada):
    page = ada.get("/desk/queue").get_data(as_text=True)

    assert "No requests wait" in page
    assert "A new one appears here by itself." in page


def test_a_view_that_was_never_offered_is_no_page(ada):
    assert ada.get("/desk/queue?view=all").status_code == 404


def test_a_partner_that_is_not_served_cannot_be_chosen(ada, meadow):
    assert ada.get(f"/desk/queue?partner={meadow.tenant_id}").status_code == 404


def test_rows_are_just_those_asked_for_that_belong_in_the_list(ada, harbour, meadow):
    asked, other, foreign = a_ticket(harbour), a_ticket(harbour), a_ticket(meadow)
    ids = f"{key_of(harbour, asked)},{key_of(meadow, foreign)},0-0,nonsense"

    page = ada.get(f"/desk/queue/rows?view=due&ids={ids}").get_data(as_text=True)

    assert f'data-row="{key_of(harbour, asked)}"' in page
    assert other.ref not in page
    assert foreign.ref not in page


def test_a_ticket_that_left_the_view_is_missing_from_its_rows(ada, harbour):
    ticket = a_ticket(harbour)
    address = f"/desk/queue/rows?view=new&ids={key_of(harbour, ticket)}"
    before = ada.get(address).get_data(as_text=True)

    take(harbour, ticket, OLGA)

    assert ticket.ref in before
    assert ticket.ref not in ada.get(address).get_data(as_text=True)


def test_without_ids_the_rows_are_the_top_of_the_list(ada, harbour, meadow):
    ours, foreign = a_ticket(harbour), a_ticket(meadow)

    page = ada.get("/desk/queue/rows?view=due").get_data(as_text=True)

    assert ours.ref in page
    assert foreign.ref not in page


def test_rows_of_one_partner_leave_the_others_out(harbour, meadow, database, sign_in):
    cast.an_operator(database, harbour, meadow, email="olga@provider.example")
    olga = sign_in("olga@provider.example")
    here, there = a_ticket(harbour), a_ticket(meadow)
    ids = f"{key_of(harbour, here)},{key_of(meadow, there)}"

    address = f"/desk/queue/rows?view=due&partner={harbour.tenant_id}&ids={ids}"
    page = olga.get(address).get_data(as_text=True)

    assert here.ref in page
    assert there.ref not in page


def test_a_resolved_ticket_is_no_longer_due(ada, harbour):
    ticket = a_ticket(harbour)
    with harbour.transaction() as session:
        actions.change_status(
            session,
            ticket.number,
            TicketStatus.RESOLVED,
            author=OLGA,
            seen_revision=None,
            now=MONDAY,
        )

    rows = ada.get(f"/desk/queue/rows?view=due&ids={key_of(harbour, ticket)}")

    assert ticket.ref not in ada.get("/desk/queue").get_data(as_text=True)
    assert ticket.ref not in rows.get_data(as_text=True)


def test_the_next_free_ticket_is_opened(ada, harbour):
    taken, free = a_ticket(harbour), a_ticket(harbour)
    take(harbour, taken, OLGA)

    answer = browsers.send(ada, "/desk/queue/next", {}, seen_at="/desk/queue")

    assert answer.location == f"/desk/tickets/{free.ref}"


def test_with_nothing_free_the_queue_stays(ada):
    answer = browsers.send(ada, "/desk/queue/next", {}, seen_at="/desk/queue")

    assert answer.location == "/desk/queue"


def test_a_long_queue_comes_in_pages_without_a_row_twice(ada, harbour):
    refs = {a_ticket(harbour).ref for _ in range(103)}
    first = ada.get("/desk/queue").get_data(as_text=True)
    more = first.partition('hx-get="/desk/queue?')[2].partition('"')[0].replace("&amp;", "&")

    rest = ada.get(f"/desk/queue?{more}").get_data(as_text=True)

    shown = [{ref for ref in refs if f"{ref} No network" in page} for page in (first, rest)]
    assert len(shown[0]) == 100
    assert not shown[0] & shown[1]
    assert shown[0] | shown[1] == refs


places = st.builds(
    QueuePlace,
    st.none() | st.builds(datetime.fromtimestamp, st.floats(0, 2**32), zones),
    st.integers(1, 2**31),
    st.integers(1, 2**62),
)


@given(one=places, other=places)
def test_the_order_that_a_page_keeps_by_is_the_queues_own(one, other):
    assert (sortable(one) < sortable(other)) is (place_of(one) < place_of(other))


@pytest.fixture
def ada_id(database, harbour):
    """Ada, who answers for Harbour alone."""
    return cast.an_operator(database, harbour)


@pytest.fixture
def ada(ada_id, sign_in):
    """Ada's browser."""
    return sign_in("ada@provider.example")


def place_of(place):
    """A place as the database compares it: what is never due comes last."""
    return place.at or NEVER_DUE, place.tenant_id, place.ticket_id


def take(tenant, ticket, author):
    with tenant.transaction() as session:
        actions.take_ticket(session, ticket.number, author=author, seen_revision=None, now=MONDAY)


def key_of(tenant, ticket):
    return f"{tenant.tenant_id}-{ticket.id}"
