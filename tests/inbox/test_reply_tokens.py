import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.inbox.addresses import Address
from app.inbox.clues import answered_ids, find_clues
from app.inbox.mail import Bounce, ParsedMail
from app.inbox.reply_tokens import (
    OwnMessageId,
    is_for,
    loop_hash,
    mailbox_of,
    make_message_id,
    make_reply_token,
    read_message_id,
    read_reply_token,
    reply_address,
    token_in,
)
from app.inbox.subject_numbers import SubjectNumber, subject_numbers

KEY = b"k" * 32
HARBOUR, MEADOW = 1, 2
IDS = st.integers(0, 2**40 - 1)


@given(ticket_id=IDS)
def test_a_token_leads_back_to_its_ticket_and_recipient(ticket_id):
    token = a_token(ticket_id)

    read = read_reply_token(token.upper(), tenant_id=HARBOUR, key=KEY)

    assert read.ticket_id == ticket_id
    assert is_for(read, "Ada@X.org", tenant_id=HARBOUR, key=KEY)
    assert not is_for(read, "eve@x.org", tenant_id=HARBOUR, key=KEY)
    assert token_in(reply_address("help@harbour.example", token)) == token


@given(place=st.integers(0, 33), char=st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_changed_token_is_no_token(place, char):
    token = a_token(7)
    changed = token[:place] + char + token[place + 1 :]

    assert changed == token or read_reply_token(changed, tenant_id=HARBOUR, key=KEY) is None


@given(text=st.text() | st.text(alphabet="abcdefghijklmnopqrstuvwxyz234567", max_size=40))
def test_no_text_is_a_token_by_chance(text):
    assert read_reply_token(text, tenant_id=HARBOUR, key=KEY) is None
    assert read_message_id(text, tenant_id=HARBOUR, key=KEY) is None
    assert token_in(text) == "" or "+" in text


def test_a_token_of_another_tenant_or_key_is_no_token():
    assert read_reply_token(a_token(7), tenant_id=MEADOW, key=KEY) is None
    assert read_reply_token(a_token(7), tenant_id=HARBOUR, key=b"other") is None


@given(ticket_id=IDS, entry_id=IDS)
def test_a_message_id_of_ours_is_known_again(ticket_id, entry_id):
    written = make_message_id(
        tenant_id=HARBOUR, ticket_id=ticket_id, entry_id=entry_id, domain="H.example", key=KEY
    )

    known = read_message_id(written, tenant_id=HARBOUR, key=KEY)

    assert known == OwnMessageId(ticket_id, entry_id)
    assert read_message_id(written, tenant_id=MEADOW, key=KEY) is None
    assert read_message_id(written.replace(".", "1.", 1), tenant_id=HARBOUR, key=KEY) is None


def test_the_loop_header_names_nobody_and_depends_on_the_key():
    assert loop_hash(KEY) == loop_hash(KEY) != loop_hash(b"other")


def test_a_mailbox_is_itself_with_and_without_a_token():
    assert mailbox_of(reply_address("Help@h.example", a_token(1))) == "help@h.example"


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("Re: [HB-10481] printer", [10481]),
        ("hb-10481", [10481]),
        ("HB-1 and HB-2, HB-1", [1, 2]),
        ("XHB-10481 HB-10481x HB-10481-2 MW-10481", []),
        ("HB-" + "9" * 40, []),
    ],
    ids=str,
)
def test_a_subject_number_has_a_prefix_of_the_tenant(subject, numbers):
    assert subject_numbers(subject, ["HB"]) == tuple(SubjectNumber("HB", n) for n in numbers)


def test_clues_come_from_recipients_threads_and_subject():
    own = make_message_id(tenant_id=HARBOUR, ticket_id=3, entry_id=4, domain="h.example", key=KEY)
    mail = ParsedMail(
        to=(Address("", reply_address("help@h.example", a_token(7))),),
        subject="Re: HB-5",
        in_reply_to=own,
        references=("<a@b>", own),
    )

    clues = find_clues(mail, recipients=[], tenant_id=HARBOUR, prefixes=["HB"], key=KEY)

    assert [token.ticket_id for token in clues.tokens] == [7]
    assert clues.own_ids == (OwnMessageId(3, 4),)
    assert clues.references == (own, "<a@b>")
    assert clues.numbers == (SubjectNumber("HB", 5),)


def test_a_bounce_answers_the_mail_that_came_back():
    assert answered_ids(ParsedMail(bounce=Bounce((), "<a@b>", "<c@d>"))) == ("<a@b>", "<c@d>")


def a_token(ticket_id: int) -> str:
    return make_reply_token(tenant_id=HARBOUR, ticket_id=ticket_id, recipient="ada@x.org", key=KEY)
