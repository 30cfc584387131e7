"""A ticket on the desk: read, taken, answered, noted, moved; nothing is written over news."""

import io

import pytest

from app.outbox.queries import outbox_page
from app.tickets import actions, queries
from app.tickets.changes import Author, NewEntry
from app.tickets.kinds import AuthorKind, Channel
from app.tickets.lifecycle import TicketStatus
from tenants.promises.priority import Priority
from tests import browsers, cast
from tests.cast import MONDAY
from tests.factories import a_ticket

OLGA = Author(AuthorKind.OPERATOR, 99, "Olga")


def test_the_page_shows_words_promises_requester_and_whose_voice_it_is(ada, ticket):
    page = ada.get(f"/desk/tickets/{ticket.ref}").get_data(as_text=True)

    assert "The office has no network since this morning." in page
    assert "Harbour Hosting" in page
    assert "as support@harbour.example" in page
    assert "dora@client.example" in page
    assert "first answer" in page


def test_a_row_of_the_queue_gets_the_middle_column_alone(ada, ticket):
    whole = ada.get(f"/desk/tickets/{ticket.ref}")
    part = ada.get(
        f"/desk/tickets/{ticket.ref}", headers={"HX-Request": "true", "HX-Target": "div#work"}
    )

    text = part.get_data(as_text=True)
    assert text.lstrip().startswith("<div")
    assert "<html" not in text
    assert len(part.data) < len(whole.data)
    assert {"HX-Request", "HX-Target", "Cookie"} <= set(part.headers["Vary"].split(", "))


def test_taking_gives_the_ticket_to_whoever_pressed(ada, ada_id, harbour, ticket):
    answer = press(ada, ticket, "assignment")

    head = head_of(harbour, ticket)
    assert answer.status_code == 200
    assert "Yours" in answer.get_data(as_text=True)
    assert head.assignee_id == ada_id
    assert head.status is TicketStatus.IN_PROGRESS


def test_an_answer_is_in_the_conversation_and_in_the_outbox(ada, harbour, ticket):
    answer = write(ada, ticket, kind="reply", body="We **look** at it.\r\nAda", then="wait")

    assert answer.status_code == 200
    assert "<strong>look</strong>" in answer.get_data(as_text=True)
    assert head_of(harbour, ticket).status is TicketStatus.WAITING_FOR_REQUESTER
    with harbour.transaction() as session:
        assert [row.recipient for row in outbox_page(session)] == ["dora@client.example"]


def test_sending_and_resolving_is_one_press(ada, harbour, ticket):
    write(ada, ticket, kind="reply", body="The cable is back.", then="resolve")

    assert head_of(harbour, ticket).status is TicketStatus.RESOLVED


def test_a_note_stays_between_us(ada, harbour, ticket):
    answer = write(ada, ticket, kind="note", body="Their switch is old.")

    page = answer.get_data(as_text=True)
    assert "Internal note" in page
    assert "Their switch is old." in page
    with harbour.transaction() as session:
        assert outbox_page(session) == []


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_an_empty_text_is_refused_with_why_and_the_kind_kept(ada, harbour, ticket, kind):
    answer = write(ada, ticket, kind=kind, body="  \r\n ")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Write something first." in page
    assert 'role="alert"' in page
    chosen = page.partition(f'value="{kind}"')[2].partition(">")[0]
    assert "checked" in chosen


def test_a_stale_answer_stops_shows_what_is_new_and_keeps_the_text(ada, harbour, ticket):
    with harbour.transaction() as session:
        actions.add_note(session, ticket.number, "I called them.", author=OLGA, now=MONDAY)

    answer = write(ada, ticket, kind="reply", body="We look at it.", revision=ticket.revision)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "your text is kept" in page
    assert "I called them." in page
    assert "We look at it.</textarea>" in page
    with harbour.transaction() as session:
        assert outbox_page(session) == []


def test_what_was_new_is_seen_after_the_stop_and_the_same_text_goes_out(ada, harbour, ticket):
    with harbour.transaction() as session:
        actions.add_note(session, ticket.number, "I called them.", author=OLGA, now=MONDAY)
    write(ada, ticket, kind="reply", body="We look at it.", revision=ticket.revision)

    answer = write(ada, ticket, kind="reply", body="We look at it.")

    assert answer.status_code == 200
    with harbour.transaction() as session:
        assert len(outbox_page(session)) == 1


def test_a_stale_press_stops_too(ada, harbour, ticket):
    with harbour.transaction() as session:
        actions.take_ticket(session, ticket.number, author=OLGA, seen_revision=None, now=MONDAY)

    answer = press(ada, ticket, "assignment", revision=ticket.revision)

    assert answer.status_code == 409
    assert head_of(harbour, ticket).assignee_id == OLGA.id


def test_the_status_follows_the_life_of_a_ticket(ada, harbour, ticket):
    moved = press(ada, ticket, "status", status="with_partner")
    impossible = press(ada, ticket, "status", status="new")

    assert moved.status_code == 200
    assert impossible.status_code == 422
    assert head_of(harbour, ticket).status is TicketStatus.WITH_PARTNER


def test_resolving_ends_the_clock(ada, harbour, ticket):
    press(ada, ticket, "resolution")

    head = head_of(harbour, ticket)
    assert head.status is TicketStatus.RESOLVED
    assert head.next_due_at is None


def test_a_priority_changes_with_a_reason_only(ada, harbour, ticket):
    silent = press(ada, ticket, "priority", priority="P1", reason=" ")
    said = press(ada, ticket, "priority", priority="P1", reason="The whole site stands still")

    assert silent.status_code == 422
    assert said.status_code == 200
    head = head_of(harbour, ticket)
    assert head.priority is Priority.P1
    assert head.priority_reason == "The whole site stands still"


@pytest.mark.parametrize(
    ("what", "form"),
    [
        ("status", {"status": "forgotten"}),
        ("priority", {"priority": "P9", "reason": "because"}),
        ("status", {}),
    ],
)
def test_a_value_that_no_form_offers_is_not_understood(ada, ticket, what, form):
    assert press(ada, ticket, what, **form).status_code == 400


@pytest.mark.parametrize("ref", ["HB-999", "XX-1", "HB", "HB-0", "HB-99999999999999999999", "1"])
def test_a_ticket_that_is_not_there_is_no_page(ada, ticket, ref):
    assert ada.get(f"/desk/tickets/{ref}").status_code == 404


def test_files_go_with_an_answer_and_come_back_as_downloads(ada, harbour, ticket):
    files = [(io.BytesIO(b"<script>alert(1)</script>"), "план <1>.html")]
    write(ada, ticket, kind="reply", body="See the plan.", attachments=files)
    [file] = files_of(harbour, ticket)

    answer = ada.get(f"/desk/attachments/{harbour.tenant_id}/{file.id}")

    assert answer.data == b"<script>alert(1)</script>"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%D0%BF")
    assert answer.mimetype == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_refused_answer_with_files_keeps_its_text(ada, harbour, ticket):
    many = [(io.BytesIO(b"x"), f"{number}.txt") for number in range(21)]

    answer = write(ada, ticket, kind="reply", body="See all of these.", attachments=many)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "At most 20 files at a time." in page
    assert "See all of these.</textarea>" in page
    assert files_of(harbour, ticket) == []


def test_the_look_of_a_mail_is_a_sealed_document(ada, harbour):
    dora = Author(AuthorKind.REQUESTER, None, "Dora")
    look = NewEntry("Hello", dora, Channel.MAIL, html='<p style="color: red">Hello</p>')
    seen = a_ticket(harbour, entry=look)
    with harbour.transaction() as session:
        [entry] = queries.ticket_page(session, seen.number).entries
    address = f"/desk/entries/{harbour.tenant_id}/{entry.id}/body"

    answer = ada.get(address)

    policy = answer.headers["Content-Security-Policy"]
    page = ada.get(f"/desk/tickets/{seen.ref}").get_data(as_text=True)
    assert f'src="{address}"' in page
    assert 'sandbox=""' in page
    assert b'<p style="color: red">Hello</p>' in answer.data
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("sandbox")
    assert "frame-ancestors 'self'" in policy


@pytest.fixture
def ticket(harbour):
    return a_ticket(harbour)


@pytest.fixture
def ada_id(database, harbour):
    return cast.an_operator(database, harbour)


@pytest.fixture
def ada(ada_id, sign_in):
    """Ada's browser; Ada answers for Harbour."""
    return sign_in("ada@provider.example")


def write(client, ticket, **form):
    return press(client, ticket, "entries", **form)


def press(client, ticket, what, **form):
    """Send a form of the ticket's page; the revision is what the page shows unless given."""
    page = f"/desk/tickets/{ticket.ref}"
    shown = client.get(page).get_data(as_text=True)
    revision = shown.partition('name="revision" value="')[2].partition('"')[0]
    return browsers.send(client, f"{page}/{what}", {"revision": revision, **form}, seen_at=page)


def head_of(tenant, ticket):
    with tenant.transaction() as session:
        return queries.ticket_page(session, ticket.number).head


def files_of(tenant, ticket):
    with tenant.transaction() as session:
        page = queries.ticket_page(session, ticket.number)
    return [file for entry in page.entries for file in entry.files]
