"""Signals: what may be heard, and one real stream from a running server."""

import json
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.serving import make_server

from app.tickets import actions
from app.tickets.changes import Author
from app.tickets.kinds import AuthorKind
from app.web.signals import Stream, Switchboard, heard_part, switchboard
from tenants.access import actions as access
from tenants.access.queries import user_by_email
from tenants.database import HOUSE_ID
from tests import cast
from tests.cast import MONDAY
from tests.factories import a_ticket

OLGA = Author(AuthorKind.OPERATOR, 99, "Olga")
WITHIN_S = 5.0

tenant_ids = st.integers(1, 5)
payloads = st.fixed_dictionaries(
    {"rows": st.lists(st.tuples(tenant_ids, st.integers(1, 9)).map(list), max_size=6)},
    optional={"ticket": st.just("HB-1"), "rev": st.integers(1, 99), "text": st.text()},
)


@given(payload=payloads, served=st.frozensets(tenant_ids))
def test_nobody_hears_of_a_tenant_they_do_not_serve(payload, served):
    heard = heard_part(payload, served)

    rows = [row for row in payload["rows"] if row[0] in served]
    if not rows:
        assert heard is None
        return
    assert heard["rows"] == rows
    assert set(heard) <= {"rows", "ticket", "rev"}


def test_a_stream_gets_its_own_tenants_signals_only():
    board, mine, other = Switchboard(), a_stream(1), a_stream(2)
    with listening(board, mine, other):
        board.hand_out({"rows": [[1, 7]], "ticket": "HB-7", "rev": 3})

    assert mine.waiting.get_nowait() == {"rows": [[1, 7]], "ticket": "HB-7", "rev": 3}
    assert other.waiting.empty()


def test_a_slow_reader_is_told_to_fetch_everything_anew():
    board, slow = Switchboard(), a_stream(1)
    with listening(board, slow):
        for number in range(slow.waiting.maxsize + 1):
            board.hand_out({"rows": [[1, number]]})

    assert slow.has_lost


def test_hanging_up_ends_every_stream_at_once():
    board, stream = Switchboard(), a_stream(1)
    with listening(board, stream):
        board.hand_out({"rows": [[1, 7]]})
        board.hang_up()

    assert stream.is_over
    assert stream.waiting.qsize() == 2


def test_a_change_of_rights_ends_the_streams_of_that_person_only():
    board, hers, anothers = Switchboard(), a_stream(1, user=(0, 7)), a_stream(1, user=(0, 8))
    with listening(board, hers, anothers):
        board.hand_out({"rights": [0, 7]})

    assert hers.is_over
    assert not anothers.is_over
    assert anothers.waiting.empty()


def test_a_stream_ends_when_the_assignment_does(ada, harbour, served):
    with (
        stream_of(served, ada) as events,
        again_and_again(lambda: reassign_and_end(harbour)),
    ):
        assert next_signal(events) == {"stale": True}
        assert not [line for line in events if line.strip()]


def test_a_running_server_tells_of_a_change_as_it_is_committed(ada, harbour, meadow, served):
    ticket, foreign = a_ticket(harbour), a_ticket(meadow)
    with (
        stream_of(served, ada) as events,
        again_and_again(lambda: (note(meadow, foreign), note(harbour, ticket))),
    ):
        signal = next_signal(events)

    assert signal["rows"] == [[harbour.tenant_id, ticket.id]]
    assert signal["ticket"] == ticket.ref
    assert "network" not in json.dumps(signal)


def test_a_resumed_stream_is_told_to_fetch_anew(ada, served):
    with stream_of(served, ada, **{"Last-Event-ID": "7"}) as events:
        assert next_signal(events) == {"stale": True}


def test_a_stranger_gets_no_stream(client):
    assert client.get("/signals").status_code == 302
    assert client.get("/signals", headers={"HX-Request": "true"}).status_code == 401


@pytest.fixture
def ada(database, harbour, sign_in):
    """The cookie of Ada, who answers for Harbour alone."""
    cast.an_operator(database, harbour)
    client = sign_in("ada@provider.example")
    return f"session={client.get_cookie('session').value}"


@pytest.fixture
def served(app):
    """The port of a running server."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    switchboard.hang_up()
    server.shutdown()
    thread.join()
    server.server_close()


def a_stream(*tenants, user=(0, 1)):
    return Stream(user, frozenset(tenants))


@contextmanager
def listening(board, *streams):
    """`streams` at `board`, without anybody who hears the database."""
    board._listener = Thread()  # noqa: SLF001 - the one that would be started
    for stream in streams:
        board.open(stream, None)
    yield
    for stream in streams:
        board.close(stream)


@contextmanager
def stream_of(port, cookie, **headers):
    """The lines of a stream as they arrive."""
    connection = HTTPConnection("127.0.0.1", port, timeout=WITHIN_S)
    connection.request("GET", "/signals", headers={"Cookie": cookie, **headers})
    response = connection.getresponse()
    try:
        assert response.status == 200
        assert response.getheader("X-Accel-Buffering") == "no"
        yield iter(response.readline, b"")
    finally:
        response.close()
        connection.close()


def next_signal(lines):
    """The content of the next event; comments are passed over."""
    data = next(line for line in lines if line.startswith(b"data: "))
    return json.loads(data.removeprefix(b"data: "))


@contextmanager
def again_and_again(change):
    """Make the change until it was heard: nobody knows when the listener has begun to listen."""
    heard = Event()

    def repeat():
        while not heard.wait(0.1):
            change()

    thread = Thread(target=repeat)
    thread.start()
    yield
    heard.set()
    thread.join()


def note(tenant, ticket):
    with tenant.transaction() as session:
        actions.add_note(session, ticket.number, "The network is red.", author=OLGA, now=MONDAY)


def reassign_and_end(tenant):
    """Give Ada the tenant and take it away."""
    with tenant.database.transaction(HOUSE_ID) as session:
        ada = user_by_email(session, "ada@provider.example")
        for change in (access.assign_operator, access.end_assignment):
            change(session, ada.id, tenant.tenant_id, by="test", now=MONDAY)
