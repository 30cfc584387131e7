"""An e-mail becomes a ticket: each sentence of the incoming order, through the real journey."""

from dataclasses import replace

import pytest

from app.flows.email_to_ticket import OutcomeAction
from app.flows.release_held_mail import release_held_mail
from app.inbox.models import RawMail
from app.inbox.reply_tokens import loop_hash
from app.outbox.actions import write_letter
from app.outbox.letter import Letter
from app.tickets import actions
from app.tickets.changes import Author
from app.tickets.kinds import AuthorKind, Channel, EntryKind, EventKind, LinkKind
from app.tickets.lifecycle import TicketStatus
from app.tickets.models import Entry, Ticket
from app.tickets.refs import parse_ref
from billing.models import UsageEntry
from tenants.access.roles import UserRole
from tenants.clients.actions import (
    NewClient,
    NewRequester,
    add_client,
    add_requester,
    confirm_domain,
)
from tenants.clients.address_state import AddressState
from tests.cast import MONDAY, a_person
from tests.journeys.mails import OLENA, a_mail, count, letters, message_id, page_of, trusting

ADA = Author(AuthorKind.OPERATOR, 7, "Ada")
HARBOUR = "support@harbour.example"


def test_a_mail_becomes_a_ticket_with_its_words_requester_clock_usage_and_first_answer(
    harbour, post
):
    outcome = post.send(a_mail(files={"log.txt": b"42"}), HARBOUR)

    page = page_of(harbour, outcome.ticket)
    assert outcome.action is OutcomeAction.OPENED
    assert outcome.ticket == "HB-1"
    assert page.head.subject == "The server is unreachable"
    assert page.head.requester_email == OLENA
    assert page.head.requester_name == "Olena Koval"
    assert page.head.channel is Channel.MAIL
    assert page.head.next_due_at is not None
    assert page.entries[0].text == "It has not answered since eight o'clock."
    assert [file.name for file in page.entries[0].files] == ["log.txt"]
    assert count(harbour, UsageEntry) == 1
    [answer] = letters(harbour)
    assert answer.is_automatic
    assert answer.recipient == OLENA
    assert "HB-1" in answer.subject
    assert "Olena Koval" in answer.text
    assert "The server is unreachable" in answer.text
    assert "solution by" in answer.text


def test_the_first_answer_stands_in_the_thread_of_the_mail_it_answers(harbour, post):
    first = a_mail()

    post.send(first, HARBOUR)

    [answer] = letters(harbour)
    assert answer.headers == {"In-Reply-To": message_id(first), "References": message_id(first)}


def test_the_first_answer_is_kept_on_the_ticket_and_answers_nothing(harbour, post):
    outcome = post.send(a_mail(), HARBOUR)

    page = page_of(harbour, outcome.ticket)
    assert [entry.kind for entry in page.entries] == [EntryKind.MESSAGE, EntryKind.AUTOMATIC]
    assert page.head.first_answered_at is None


def test_the_same_mail_twice_is_one_mail_one_ticket_and_one_answer(harbour, post):
    raw = a_mail()
    first = post.send(raw, HARBOUR)

    second = post.send(b"Received: from a relay\r\n" + raw, HARBOUR)

    assert second.action is OutcomeAction.DUPLICATE
    assert second.ticket == first.ticket
    assert count(harbour, RawMail) == 1
    assert count(harbour, Ticket) == 1
    assert len(letters(harbour)) == 1


def test_two_mails_with_one_message_id_are_two(harbour, post):
    headers = {"Message-ID": "<fixed@nordhost.example>"}
    post.send(a_mail(headers=headers, subject="One"), HARBOUR)

    outcome = post.send(a_mail(headers=headers, subject="Two"), HARBOUR)

    assert outcome.action is OutcomeAction.OPENED
    assert count(harbour, Ticket) == 2


def test_a_run_that_is_repeated_changes_nothing(harbour, post):
    [(tenant_id, kept)] = post.bring(a_mail(), HARBOUR)
    first = post.taker.take(tenant_id, kept.id)

    again = post.taker.take(tenant_id, kept.id)

    assert again.action is OutcomeAction.DUPLICATE
    assert again.ticket == first.ticket
    assert count(harbour, Entry) == 2


@pytest.mark.usefixtures("harbour", "meadow")
def test_a_mail_for_two_tenants_is_a_ticket_in_each(post):
    kept = post.bring(a_mail(), HARBOUR, "support@meadow.example")

    outcomes = [post.taker.take(tenant_id, mail.id) for tenant_id, mail in kept]

    assert [outcome.ticket for outcome in outcomes] == ["HB-1", "MD-1"]


def test_our_own_loop_header_is_dropped(harbour, post):
    post.send(a_mail(), HARBOUR)
    ours = post.taker.correspondence.key

    outcome = post.send(a_mail(headers={"X-Loop-Id": loop_hash(ours)}), HARBOUR)

    assert outcome.action is OutcomeAction.IGNORED
    assert count(harbour, Ticket) == 1


@pytest.mark.usefixtures("meadow")
def test_a_mail_from_a_mailbox_of_ours_is_dropped(harbour, post):
    outcome = post.send(a_mail(sender="support@meadow.example"), HARBOUR)

    assert outcome.action is OutcomeAction.IGNORED
    assert letters(harbour) == []


def test_a_bounce_is_attached_marks_the_address_and_is_never_answered(harbour, post):
    opened = post.send(a_mail(), HARBOUR)
    [answer] = letters(harbour)

    outcome = post.send(a_bounce(of=answer), HARBOUR, sender="")

    page = page_of(harbour, opened.ticket)
    assert outcome.action is OutcomeAction.BOUNCE
    assert outcome.ticket == opened.ticket
    assert page.head.address_state is AddressState.FAILING
    assert EventKind.DELIVERY_FAILED in kinds(page)
    assert not page.entries[-1].is_public
    assert len(letters(harbour)) == 1


def test_a_bounce_of_a_mail_we_never_sent_opens_nothing(harbour, post):
    outcome = post.send(a_bounce(of=None), HARBOUR, sender="")

    assert outcome.action is OutcomeAction.BOUNCE
    assert outcome.ticket is None
    assert count(harbour, Ticket) == 0


def test_automatic_mail_that_matches_is_attached_and_changes_no_state(harbour, post):
    opened = post.send(a_mail(), HARBOUR)
    wait_for_requester(harbour, opened.ticket, post)
    reply = a_reply(harbour, headers={"Auto-Submitted": "auto-replied"})

    outcome = post.send(reply, HARBOUR)

    page = page_of(harbour, opened.ticket)
    assert outcome.action is OutcomeAction.APPENDED
    assert page.head.status is TicketStatus.WAITING_FOR_REQUESTER
    assert page.entries[-1].kind is EntryKind.AUTOMATIC
    assert len(letters(harbour)) == 1


@pytest.mark.parametrize(
    "header",
    [
        ("Auto-Submitted", "auto-generated"),
        ("Precedence", "bulk"),
        ("List-Id", "<news.example>"),
        ("X-Auto-Response-Suppress", "All"),
    ],
)
def test_automatic_mail_without_a_match_is_held_without_a_ticket(harbour, post, header):
    outcome = post.send(a_mail(headers=dict([header])), HARBOUR)

    assert outcome.action is OutcomeAction.HELD
    assert count(harbour, Ticket) == 0
    assert letters(harbour) == []


@pytest.mark.usefixtures("meadow")
def test_the_envelope_recipient_decides_the_tenant_and_never_the_subject(harbour, post):
    post.send(a_mail(), HARBOUR)

    outcome = post.send(a_mail(subject="Re: [HB-1] again"), "support@meadow.example")

    assert outcome.ticket == "MD-1"
    assert count(harbour, Entry) == 2


def test_an_answer_finds_its_ticket_by_the_reply_token(harbour, post):
    opened = post.send(a_mail(), HARBOUR)
    [answer] = letters(harbour)

    outcome = post.send(a_mail(subject="No number here", to=answer.reply_to), answer.reply_to)

    assert outcome.action is OutcomeAction.APPENDED
    assert outcome.ticket == opened.ticket


def test_an_answer_finds_its_ticket_by_our_message_id(harbour, post):
    opened = post.send(a_mail(), HARBOUR)

    outcome = post.send(a_reply(harbour, subject="No number here"), HARBOUR)

    assert outcome.ticket == opened.ticket


@pytest.mark.usefixtures("harbour")
def test_a_second_mail_of_the_same_thread_finds_its_ticket_by_the_first_ones_id(post):
    first = a_mail()
    opened = post.send(first, HARBOUR)

    headers = {"References": message_id(first), "In-Reply-To": message_id(first)}
    outcome = post.send(a_mail(subject="One more thing", headers=headers), HARBOUR)

    assert outcome.ticket == opened.ticket


def test_an_answer_finds_its_ticket_by_the_id_of_any_letter_we_sent(harbour, post):
    opened = post.send(a_mail(), HARBOUR)
    letter = Letter(
        purpose="notice",
        idempotency_key="notice:1",
        recipient=OLENA,
        recipient_name="Olena",
        sender=HARBOUR,
        sender_name="Harbour",
        subject="A notice",
        text="We work on it.",
        message_ref="another.style@harbour.example",
        ticket_id=page_of(harbour, opened.ticket).head.id,
    )
    with harbour.transaction() as session:
        write_letter(session, letter, now=MONDAY)

    outcome = post.send(a_reply(harbour, subject="No number here"), HARBOUR)

    assert outcome.ticket == opened.ticket


def test_the_first_answer_is_threaded_under_the_mail_it_answers(harbour, post):
    raw = a_mail()

    post.send(raw, HARBOUR)

    [answer] = letters(harbour)
    assert answer.headers == {"In-Reply-To": message_id(raw), "References": message_id(raw)}


@pytest.mark.usefixtures("harbour")
def test_an_answer_finds_its_ticket_by_the_number_in_its_subject(post):
    opened = post.send(a_mail(), HARBOUR)

    outcome = post.send(a_mail(subject="Re: [HB-1] The server is unreachable"), HARBOUR)

    assert outcome.action is OutcomeAction.APPENDED
    assert outcome.ticket == opened.ticket


def test_an_unknown_sender_who_quotes_a_number_is_held(harbour, post):
    post.send(a_mail(), HARBOUR)

    outcome = post.send(a_mail(sender="eve@evil.example", subject="[HB-1] me too"), HARBOUR)

    assert outcome.action is OutcomeAction.HELD
    assert count(harbour, Entry) == 2


def test_a_known_sender_from_outside_the_ticket_opens_a_linked_one_with_a_badge(harbour, post):
    opened = post.send(a_mail(), HARBOUR)
    with harbour.transaction() as session:
        add_requester(session, NewRequester("Petro", "petro@other.example"), now=MONDAY)

    outcome = post.send(a_mail(sender="petro@other.example", subject="[HB-1] me too"), HARBOUR)

    page = page_of(harbour, outcome.ticket)
    assert outcome.action is OutcomeAction.OPENED
    assert page.head.badge == opened.ticket
    assert [(link.ref, link.kind) for link in page.links] == [(opened.ticket, LinkKind.RELATED)]


def test_a_colleague_of_the_same_client_joins_and_does_not_replace_the_requester(harbour, post):
    with harbour.transaction() as session:
        client_id = add_client(session, NewClient("Nordhost"), now=MONDAY)
        confirm_domain(session, client_id, "nordhost.example")
    opened = post.send(a_mail(), HARBOUR)

    outcome = post.send(a_mail(sender="petro@nordhost.example", subject="[HB-1] me too"), HARBOUR)

    page = page_of(harbour, opened.ticket)
    assert outcome.action is OutcomeAction.APPENDED
    assert page.head.requester_email == OLENA


@pytest.mark.usefixtures("harbour")
def test_a_copied_person_may_join(post):
    opened = post.send(a_mail(headers={"Cc": "Petro <petro@other.example>"}), HARBOUR)

    outcome = post.send(a_mail(sender="petro@other.example", subject="[HB-1] me too"), HARBOUR)

    assert outcome.action is OutcomeAction.APPENDED
    assert outcome.ticket == opened.ticket


def test_a_valid_token_from_another_address_counts_as_unknown(harbour, post):
    post.send(a_mail(), HARBOUR)
    [answer] = letters(harbour)

    outcome = post.send(a_mail(sender="eve@evil.example"), answer.reply_to)

    assert outcome.action is OutcomeAction.HELD


def test_a_mail_that_its_own_domain_disowns_is_no_answer(harbour, post):
    post.send(a_mail(), HARBOUR)
    trusting_post = trusting(post, "mx.desk.example")
    disowned = {"Authentication-Results": "mx.desk.example; dmarc=fail (p=reject)"}

    outcome = trusting_post.send(a_mail(subject="[HB-1] me", headers=disowned), HARBOUR)

    assert outcome.action is OutcomeAction.HELD
    assert count(harbour, Entry) == 2


def test_results_of_a_server_we_do_not_trust_are_ignored(harbour, post):
    post.send(a_mail(), HARBOUR)
    foreign = {"Authentication-Results": "mx.evil.example; dmarc=fail (p=reject)"}

    outcome = trusting(post, "mx.desk.example").send(
        a_mail(subject="[HB-1] me", headers=foreign), HARBOUR
    )

    assert outcome.action is OutcomeAction.APPENDED
    assert count(harbour, Entry) == 3


def test_a_requesters_answer_lets_a_waiting_ticket_go_on(harbour, post):
    opened = post.send(a_mail(), HARBOUR)
    wait_for_requester(harbour, opened.ticket, post)

    post.send(a_reply(harbour), HARBOUR)

    assert page_of(harbour, opened.ticket).head.status is TicketStatus.IN_PROGRESS


def test_an_answer_within_the_window_reopens_a_resolved_ticket(harbour, post):
    opened = post.send(a_mail(), HARBOUR)
    resolve(harbour, opened.ticket, post)

    outcome = post.send(a_reply(harbour, text="It broke again this morning."), HARBOUR)

    page = page_of(harbour, opened.ticket)
    assert outcome.reason == "reopened"
    assert page.head.status is TicketStatus.IN_PROGRESS
    assert page.head.reopened_count == 1
    assert page.head.next_due_at is not None


@pytest.mark.parametrize("thanks", ["Thank you!", "Спасибо, всё работает", "Дякую!"])
def test_thank_you_does_not_reopen(harbour, post, thanks):
    opened = post.send(a_mail(), HARBOUR)
    resolve(harbour, opened.ticket, post)

    outcome = post.send(a_reply(harbour, text=thanks), HARBOUR)

    page = page_of(harbour, opened.ticket)
    assert outcome.action is OutcomeAction.APPENDED
    assert page.head.status is TicketStatus.RESOLVED


def test_an_answer_after_the_window_begins_a_linked_follow_up(harbour, post):
    opened = post.send(a_mail(), HARBOUR)
    resolve(harbour, opened.ticket, post)
    post.clock.pass_time(days=8)

    outcome = post.send(a_reply(harbour, text="It broke again this morning."), HARBOUR)

    page = page_of(harbour, outcome.ticket)
    assert outcome.ticket != opened.ticket
    assert [(link.ref, link.kind) for link in page.links] == [(opened.ticket, LinkKind.FOLLOW_UP)]


def test_reopening_is_limited_and_becomes_an_entry_only(harbour, post):
    opened = post.send(a_mail(), HARBOUR)
    for turn in range(4):
        resolve(harbour, opened.ticket, post)
        outcome = post.send(a_reply(harbour, text=f"It broke again, number {turn}."), HARBOUR)

    assert outcome.reason == "reopening_limited"
    assert page_of(harbour, opened.ticket).head.status is TicketStatus.RESOLVED


def test_a_mail_the_tenants_own_people_forward_is_the_original_senders(harbour, post, ben):
    text = (
        "Please take this.\n\n---------- Forwarded message ---------\n"
        f"From: Olena Koval <{OLENA}>\nDate: Mon, Mar 2, 2026\nSubject: It broke\n"
        "To: <ben@harbour.example>\n\nIt broke.\n"
    )

    outcome = post.send(a_mail(sender=ben, subject="Fwd: It broke", text=text), HARBOUR, sender=ben)

    assert page_of(harbour, outcome.ticket).head.requester_email == OLENA


def test_what_our_own_people_write_by_mail_stays_inside(harbour, post, ben):
    opened = post.send(a_mail(), HARBOUR)

    post.send(a_mail(sender=ben, subject="[HB-1] I know this one"), HARBOUR, sender=ben)

    entry = page_of(harbour, opened.ticket).entries[-1]
    assert entry.author_kind is AuthorKind.ENGINEER
    assert not entry.is_public


def test_a_mail_that_cannot_be_read_becomes_a_ticket_with_the_raw_file(harbour, post):
    raw = a_mail()
    failing = post.taker.parsing.__class__(lambda _answer: 1 / 0, children=1)

    taker = replace(post.taker, parsing=failing)
    [(tenant_id, kept)] = post.bring(raw, HARBOUR)
    for _ in range(2):
        with pytest.raises(Exception):  # noqa: B017, PT011 - whichever: the queue tries again
            taker.take(tenant_id, kept.id)

    outcome = taker.take(tenant_id, kept.id)
    failing.close()

    page = page_of(harbour, outcome.ticket)
    [file] = page.entries[0].files
    assert outcome.action is OutcomeAction.OPENED
    assert file.type == "message/rfc822"
    assert letters(harbour) == []


def test_brakes_hold_the_automatic_answer_and_say_so_on_the_ticket(harbour, post):
    for number in range(5):
        post.send(a_mail(subject=f"Matter {number}"), HARBOUR)

    outcome = post.send(a_mail(subject="One more matter"), HARBOUR)

    assert EventKind.AUTOMATIC_ANSWER_HELD in kinds(page_of(harbour, outcome.ticket))
    assert len(letters(harbour)) == 5


def test_no_third_automatic_answer_goes_out_under_one_subject(harbour, post):
    for _ in range(3):
        post.send(a_mail(subject="Alarm"), HARBOUR)

    assert len(letters(harbour)) == 2


def test_the_first_answer_carries_no_links_of_the_sender(harbour, post):
    post.send(a_mail(subject="Win at http://evil.example/now www.evil.example"), HARBOUR)

    [answer] = letters(harbour)
    assert "evil" not in answer.subject
    assert "evil" not in answer.text.replace(OLENA, "")


def test_a_released_mail_opens_a_ticket_without_an_answer(harbour, post):
    [(tenant_id, kept)] = post.bring(a_mail(headers={"Precedence": "bulk"}), HARBOUR)
    post.taker.take(tenant_id, kept.id)
    with harbour.transaction() as session:
        release_held_mail(session, kept.id, by="user:7", now=post.clock())

    outcome = post.taker.take(tenant_id, kept.id)

    assert outcome.action is OutcomeAction.OPENED
    assert letters(harbour) == []


def kinds(page):
    return [item.kind for item in page.timeline if hasattr(item, "after")]


def a_reply(tenant, *, text="Here is more.", subject="Re: HB", headers=None):
    """What Olena's mail program makes of our last letter to her."""
    last = letters(tenant)[-1]
    own = {"In-Reply-To": f"<{last.message_ref}>", "References": f"<{last.message_ref}>"}
    return a_mail(subject=subject, text=text, headers={**own, **(headers or {})})


def a_bounce(*, of):
    returned = f"<{of.message_ref}>" if of else "<1.2.aaaaaaaaaaaaaaaa@harbour.example>"
    return (
        b"From: MAILER-DAEMON@mx.example\r\nTo: support@harbour.example\r\n"
        b"Subject: Undelivered Mail\r\nMessage-ID: <b1@mx.example>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; "
        + OLENA.encode()
        + b"\r\n"
        b"Action: failed\r\nStatus: 5.1.1\r\n\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\n"
        b"Message-ID: " + returned.encode() + b"\r\nSubject: x\r\n\r\nx\r\n--b--\r\n"
    )


def wait_for_requester(tenant, ref, post):
    change(tenant, ref, post, TicketStatus.WAITING_FOR_REQUESTER)


def resolve(tenant, ref, post):
    change(tenant, ref, post, TicketStatus.RESOLVED)


def change(tenant, ref, post, status):
    post.clock.pass_time(minutes=1)
    with tenant.transaction() as session:
        number = parse_ref(ref).number
        actions.change_status(
            session, number, status, author=ADA, seen_revision=None, now=post.clock()
        )


@pytest.fixture
def ben(harbour):
    """Harbour's engineer, by his address."""
    a_person(
        harbour.database, harbour.tenant_id, email="ben@harbour.example", role=UserRole.ENGINEER
    )
    return "ben@harbour.example"
