import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.inbox.identity import mail_identity

MAIL = b"From: ada@x.org\nSubject: hi\n\nhello\n"

TRACE = st.lists(
    st.sampled_from(
        [
            b"Received: from a by b;\n Tue, 5 Mar 2024 10:15:00 +0200\n",
            b"Return-Path: <ada@x.org>\n",
            b"Delivered-To: help@harbour.example\n",
            b"Authentication-Results: mx; dkim=pass\n\theader.d=x.org\n",
            b"ARC-Seal: i=1; a=rsa-sha256\n",
            b"X-Spam-Score: 0.1\n",
        ]
    ),
    max_size=6,
)


@given(trace=TRACE)
def test_trace_headers_do_not_change_what_a_mail_is(trace):
    assert mail_identity("help@h.example", b"".join(trace) + MAIL) == mail_identity(
        "help@h.example", MAIL
    )


def test_line_ends_and_the_case_of_the_mailbox_do_not_matter():
    assert mail_identity("HELP@h.example ", MAIL.replace(b"\n", b"\r\n")) == mail_identity(
        "help@h.example", MAIL
    )


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace(b"hello", b"Hello"),
        MAIL.replace(b"hi", b"ho"),
        b"Cc: b@x.org\n" + MAIL,
        MAIL.replace(b"\n\nhello", b"\nReceived: hello"),
        b"",
    ],
    ids=["body", "subject", "header", "moved", "empty"],
)
def test_another_content_is_another_mail(other):
    assert mail_identity("help@h.example", other) != mail_identity("help@h.example", MAIL)


def test_another_mailbox_is_another_mail():
    assert mail_identity("a@h.example", MAIL) != mail_identity("b@h.example", MAIL)


@given(raw=st.binary())
def test_any_bytes_have_an_identity(raw):
    assert len(mail_identity("help@h.example", raw)) == 64


@pytest.mark.parametrize("piece", [b"Received: x\n", b"\n", b"a", b"\r"], ids=repr)
def test_ten_megabytes_take_no_time(piece):
    begun = time.process_time()

    mail_identity("help@h.example", piece * (10_000_000 // len(piece)))

    assert time.process_time() - begun < 1
