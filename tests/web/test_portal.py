"""The requester's pages: no account, no script, a number at once, and public words only."""

import io
import re

import pytest
from sqlalchemy import select

from app.clock import utc_now
from app.outbox.queries import outbox_page
from app.tickets import actions, queries
from app.tickets.changes import Author, NewEntry, NewFile
from app.tickets.kinds import AuthorKind, Channel
from app.tickets.lifecycle import TicketStatus
from app.tickets.links import RequestLink, request_token
from app.tickets.models import Ticket
from billing.models import UsageEntry
from tests import browsers, cast
from tests.cast import MONDAY
from tests.factories import a_ticket

ADA = Author(AuthorKind.OPERATOR, 7, "Ada")
KEY = re.compile(r'name="key" value="([^"]+)"')


def test_the_first_page_offers_three_ways_and_the_hours(dora):
    page = dora.get("/").get_data(as_text=True)

    assert 'href="/requests/new"' in page
    assert "mailto:support@harbour.example" in page
    assert "Mon–Fri 09:00–18:00" in page


def test_a_sent_form_gives_a_number_a_time_and_leaves_usage_and_a_letter(dora, harbour):
    answer = dora.get(fill_in(dora).location)

    page = answer.get_data(as_text=True)
    assert "Its number is HB-1." in page
    assert "A solution by" in page
    with harbour.transaction() as session:
        assert [row.recipient for row in outbox_page(session)] == ["dora@client.example"]
        assert len(list(session.scalars(select(UsageEntry)))) == 1


def test_the_same_form_sent_twice_is_one_ticket(dora, harbour):
    page = dora.get("/requests/new").get_data(as_text=True)
    form = {**a_form(), "key": KEY.search(page)[1], "csrf_token": browsers.TOKEN.search(page)[1]}

    first, second = (dora.post("/requests/new", data=form) for _ in range(2))

    assert first.location == second.location
    with harbour.transaction() as session:
        assert len(list(session.scalars(select(Ticket.id)))) == 1


def test_two_forms_are_two_tickets(dora, harbour):
    fill_in(dora)
    fill_in(dora)

    with harbour.transaction() as session:
        assert len(list(session.scalars(select(Ticket.id)))) == 2


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("name", " ", "Tell us your name."),
        ("email", "dora at client", "Write your e-mail address"),
        ("subject", "", "Say in a few words"),
        ("subject", "x" * 201, "At most 200 characters."),
        ("text", "", "Tell us what happens"),
        ("text", "x" * 20_001, "At most 20000 characters."),
        ("priority", "P9", "Choose what fits best."),
    ],
)
def test_a_refused_form_says_why_beside_the_field_and_keeps_the_rest(dora, field, value, why):
    answer = fill_in(dora, **{field: value})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert why in page.partition(f'id="{field}-error"')[2].partition("</div>")[0]
    assert f'<a href="#{field}">' in page
    for kept in set(a_form()) - {field, "priority"}:
        assert a_form()[kept] in page


def test_a_file_comes_with_the_form_and_can_be_fetched_by_the_link(dora):
    files = [(io.BytesIO(b"42"), "log.txt")]
    answer = fill_in(dora, attachments=files)
    page = dora.get(answer.location).get_data(as_text=True)

    download = dora.get(file_address(page))

    assert download.data == b"42"
    assert download.headers["Content-Disposition"].startswith("attachment")


def test_a_file_that_is_too_large_is_refused_beside_the_field(dora):
    files = [(io.BytesIO(b"x" * (10 * 1024 * 1024 + 1)), "film.mov")]

    answer = fill_in(dora, attachments=files)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "film.mov is larger than 10 MB." in page
    answer.request.environ["wsgi.input"].close()  # the test's own copy of the film
    assert a_form()["text"] in page


def test_forms_from_one_place_are_braked(dora):
    for _ in range(30):
        fill_in(dora)

    answer = fill_in(dora)

    assert answer.status_code == 429
    assert a_form()["text"] in answer.get_data(as_text=True)


def test_the_requesters_page_shows_public_words_only(dora, harbour, link):
    with harbour.transaction() as session:
        actions.add_note(session, 1, "Between us: their switch is old.", author=ADA, now=MONDAY)
        said = NewEntry("We look at it.", ADA, Channel.DESK)
        actions.reply_to_requester(session, 1, said, seen_revision=None, now=MONDAY)

    page = dora.get(link).get_data(as_text=True)

    assert "no network since this morning" in page
    assert "We look at it." in page
    assert "Between us" not in page


def test_words_on_a_ticket_closed_long_ago_stand_on_one_that_follows_it(dora, harbour, link):
    resolve(harbour, now=MONDAY)

    answer = browsers.send(dora, f"{link}/entries", {"text": "It is gone again."}, seen_at=link)

    page = dora.get(answer.location).get_data(as_text=True)
    assert "HB-2" in page
    assert "It is gone again." in page


def test_an_answer_lands_on_the_ticket_and_opens_it_again(dora, harbour, link):
    resolve(harbour, now=utc_now())

    answer = browsers.send(dora, f"{link}/entries", {"text": "It is gone again."}, seen_at=link)

    page = dora.get(answer.location).get_data(as_text=True)
    assert answer.location == link
    assert "Sent. We have it." in page
    assert "It is gone again." in page
    with harbour.transaction() as session:
        assert queries.ticket_page(session, 1).head.status is not TicketStatus.RESOLVED


@pytest.mark.parametrize(
    ("text", "why"),
    [("  ", "Write something first."), ("x" * 20_001, "At most 20000 characters.")],
)
def test_a_refused_answer_says_why_and_keeps_its_text(dora, link, text, why):
    answer = browsers.send(dora, f"{link}/entries", {"text": text}, seen_at=link)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert why in page.partition('id="text-error"')[2].partition("</div>")[0]
    assert text.strip() in page


def test_looking_at_the_page_changes_nothing(dora, harbour, link):
    before = revision(harbour)

    dora.get(link)
    dora.get(link)

    assert revision(harbour) == before


def test_a_file_of_a_note_is_not_the_requesters(dora, harbour, link, services):
    services.blobs.put("secret/1", b"ours")
    file = NewFile("ours.txt", "text/plain", 4, "0" * 64, "secret/1")
    with harbour.transaction() as session:
        actions.add_note(session, 1, "See this.", author=ADA, files=(file,), now=MONDAY)
        [note] = [e for e in queries.ticket_page(session, 1).entries if not e.is_public]

    answer = dora.get(f"{link}/attachments/{note.files[0].id}")

    assert answer.status_code == 404


@pytest.mark.parametrize("changed", ["tenant_id", "number", "requester_id"])
def test_a_link_is_good_for_one_requester_of_one_ticket(dora, harbour, link, changed):
    other = RequestLink(harbour.tenant_id, 1, requester_id(harbour))
    forged = {name: getattr(other, name) for name in ("tenant_id", "number", "requester_id")}
    forged[changed] += 1

    token = request_token(RequestLink(**forged), secret=cast.SECRET)

    assert dora.get(f"/r/{token}").status_code == 404
    assert dora.get(f"{link[:-1]}{'A' if link[-1] != 'A' else 'B'}").status_code == 404


def test_a_link_opens_nothing_on_another_partners_host(app, meadow, link):
    stranger = browsers.at(app, meadow.host)

    assert stranger.get(link).status_code == 404
    assert stranger.post(f"{link}/entries", data={"text": "x"}).status_code in {403, 404}


@pytest.mark.parametrize("host", ["evil.example", "harbour.localhost.evil.example", "10.0.0.1"])
def test_a_host_nobody_claimed_is_no_page(app, harbour, host):
    stranger = browsers.at(app, host)

    for path in ("/", "/requests/new", "/sign-in", "/desk/queue"):
        assert stranger.get(path).status_code == 404


def test_a_header_cannot_choose_whose_pages_are_shown(app, harbour, meadow):
    dora = browsers.at(app, harbour.host)

    page = dora.get("/", headers={"X-Forwarded-Host": meadow.host}).get_data(as_text=True)

    assert "Harbour Hosting" in page
    assert "Meadow" not in page


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_no_page_of_a_partner_names_the_provider_or_another_brand(dora, meadow, link, language):
    for path in ("/", "/requests/new", link, "/sign-in", "/nowhere", "/r/forged"):
        page = dora.get(path, headers={"Accept-Language": language}).get_data(as_text=True)

        assert f'<html lang="{language}"' in page
        assert "firstline" not in page.lower(), path
        assert "meadow" not in page.lower(), path


def test_a_chosen_language_stays(dora):
    dora.get("/?language=uk")

    answer = fill_in(dora, name="")

    assert '<html lang="uk"' in answer.get_data(as_text=True)


@pytest.fixture
def dora(app, harbour):
    """A browser on Harbour's host that signed in nowhere."""
    return browsers.at(app, harbour.host)


@pytest.fixture
def link(harbour):
    """The way to Dora's own ticket HB-1."""
    ticket = a_ticket(harbour)
    found = RequestLink(harbour.tenant_id, ticket.number, ticket.requester_id)
    return f"/r/{request_token(found, secret=cast.SECRET)}"


def resolve(tenant, *, now):
    with tenant.transaction() as session:
        actions.resolve_ticket(session, 1, author=ADA, seen_revision=None, now=now)


def a_form(**changed):
    return {
        "name": "Dora Klein",
        "email": "dora@client.example",
        "subject": "No network",
        "text": "Nothing since eight.\nThe lamp is red.",
        "priority": "P2",
        **changed,
    }


def fill_in(client, **changed):
    """Open the form as a browser does, fill it in and send it."""
    page = client.get("/requests/new").get_data(as_text=True)
    form = {"csrf_token": browsers.TOKEN.search(page)[1], "key": KEY.search(page)[1]}
    return client.post("/requests/new", data={**form, **a_form(**changed)})


def file_address(page):
    return re.search(r'href="(/r/[^"]+/attachments/\d+)"', page)[1]


def requester_id(tenant):
    with tenant.transaction() as session:
        return queries.ticket_page(session, 1).head.requester_id


def revision(tenant):
    with tenant.transaction() as session:
        return queries.ticket_page(session, 1).head.revision
