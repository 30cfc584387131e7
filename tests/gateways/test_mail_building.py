"""A mail as bytes says what was meant, whatever was typed into it, and nothing else."""

import email
from dataclasses import replace
from email import policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gateways.mail import MailFile, OutgoingMail
from app.gateways.mail_building import (
    NAME_MAX,
    SUBJECT_MAX,
    ascii_address,
    build_mail,
    one_line,
)
from tests.cast import MONDAY

A_MAIL = OutgoingMail(
    message_ref="1.2.hash@harbour.example",
    sender="support@harbour.example",
    sender_name="Harbour Hosting",
    recipient="dora@client.example",
    recipient_name="Dora",
    subject="Your question",
    text="It is plugged in again.",
    written_at=MONDAY,
    loop_id="loop",
)
# Whatever can be typed or pasted, the worst of it often.
WORDS = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\r\n\0\t\x0b\x85\u2028\ud800\udfff<>@,;:\"'=?_ёїÜ漢🙂"),
    ),
    max_size=400,
)
# Words of two alphabets: folding must not cost or add a space between them.
PHRASES = st.lists(
    st.sampled_from(["[HB-10481]", "Re:", "Harbour", "довіреність", "на", "підтримка", "“Наша”"]),
    min_size=1,
    max_size=12,
).map(" ".join)
HEADERS = {"Message-ID", "Date", "From", "To", "Subject", "MIME-Version", "Content-Type"}
MAY_FOLLOW = {"Content-Transfer-Encoding", "Reply-To"}


@given(subject=WORDS, name=WORDS, sender_name=WORDS, reference=WORDS)
def test_no_words_break_out_of_a_header(subject, name, sender_name, reference):
    mail = replace(
        A_MAIL,
        subject=subject,
        recipient_name=name,
        sender_name=sender_name,
        reply_to="support+token@harbour.example",
        headers={"References": reference},
    )

    read = parsed(mail)

    assert set(read.keys()) <= HEADERS | MAY_FOLLOW | {"References"}
    assert read["Subject"] == one_line(subject)[:SUBJECT_MAX].strip()
    assert [each.addr_spec for each in read["To"].addresses] == ["dora@client.example"]
    assert [each.addr_spec for each in read["From"].addresses] == ["support@harbour.example"]
    assert name_in(mail, "To") == one_line(name)[:NAME_MAX].strip()
    assert name_in(mail, "From") == one_line(sender_name)[:NAME_MAX].strip()


@given(subject=PHRASES, name=PHRASES)
def test_every_space_of_a_subject_and_a_name_arrives(subject, name):
    mail = replace(A_MAIL, subject=subject, sender_name=name)

    assert parsed(mail)["Subject"] == subject
    assert name_in(mail, "From") == name[:NAME_MAX].strip()


@given(text=WORDS, html=st.one_of(st.none(), WORDS))
def test_the_words_arrive_as_they_were_written(text, html):
    read = parsed(replace(A_MAIL, text=text, html=html))

    assert lines(read.get_body(("plain",)).get_content()) == lines(text)
    if html is not None:
        assert lines(read.get_body(("html",)).get_content()) == lines(html)


@given(name=WORDS, type=st.one_of(WORDS, st.sampled_from(["image/png", "message/rfc822"])))
def test_a_file_arrives_whole_under_a_name_of_one_line(name, type):  # noqa: A002
    content = bytes(range(256))

    read = parsed(replace(A_MAIL, files=(MailFile(name, type, content),)))

    (file,) = read.iter_attachments()
    assert file.get_content() == content
    assert "\n" not in (file.get_filename() or "")
    assert file.get_content_maintype() not in {"multipart", "message"}


@given(WORDS)
def test_no_line_is_longer_than_a_relay_takes(text):
    raw = build_mail(replace(A_MAIL, text=text, subject=text, html=text))

    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")


@given(WORDS)
def test_an_address_is_one_address_or_refused(text):
    try:
        raw = build_mail(replace(A_MAIL, recipient=text))
    except ValueError:
        return
    read = email.message_from_bytes(raw, policy=policy.default)
    assert len(read["To"].addresses) == 1


def test_mail_of_a_machine_says_so_and_bears_our_mark():
    read = parsed(replace(A_MAIL, is_automatic=True))

    assert read["Auto-Submitted"] == "auto-replied"
    assert read["X-Loop-Id"] == "loop"
    assert replace(A_MAIL, is_automatic=True).envelope_sender == ""


def test_mail_of_a_person_bears_no_mark_of_a_machine():
    read = parsed(A_MAIL)

    assert "Auto-Submitted" not in read
    assert "X-Loop-Id" not in read
    assert A_MAIL.envelope_sender == "support@harbour.example"


def test_the_identity_is_the_one_that_was_fixed_when_it_was_written():
    assert parsed(A_MAIL)["Message-ID"] == "<1.2.hash@harbour.example>"
    assert build_mail(A_MAIL)[:200] == build_mail(A_MAIL)[:200]


def test_a_domain_in_letters_of_its_country_is_spelled_as_dns_spells_it():
    assert ascii_address("info@пошта.укр") == "info@xn--80a1acn3a.xn--j1amh"


@pytest.mark.parametrize("address", ["", "nobody", "@x.example", "дора@x.example", "a@", "a b@c"])
def test_an_impossible_address_is_refused(address):
    with pytest.raises(ValueError, match=r"."):
        build_mail(replace(A_MAIL, recipient=address))


def parsed(mail):
    return email.message_from_bytes(build_mail(mail), policy=policy.default)


def name_in(mail, header):
    """The name as RFC 2047 joins its pieces; the newer reader puts a space between two of them."""
    name, _address = parseaddr(email.message_from_bytes(build_mail(mail))[header])
    return str(make_header(decode_header(name)))


def lines(text):
    encodable = text.encode("utf-8", "replace").decode().replace("\0", "")
    return encodable.splitlines() or [""]
