"""Signs that no keyboard types are refused or cleaned at the edge, and never a defect inside."""

import smtplib

import pytest

from app.gateways.mail_listener import MailListener
from app.jobs.mail_door import MailDoor
from tests import browsers, cast
from tests.factories import a_ticket

FORM = {
    "name": "Dora",
    "email": "dora@client.example",
    "subject": "The printer is on fire",
    "text": "Since eight o'clock.",
    "priority": "P3",
}


@pytest.mark.parametrize("field", ["name", "subject", "text", "email", "key"])
def test_a_strangers_form_with_a_nul_is_not_understood(app, harbour, field):
    dora = browsers.at(app, harbour.host)

    answer = browsers.send(dora, "/requests/new", {**FORM, field: "a\0b"})

    assert answer.status_code == 400


def test_an_operators_answer_with_a_nul_is_not_understood(database, harbour, sign_in):
    cast.an_operator(database, harbour)
    ticket = a_ticket(harbour)
    path = f"/desk/tickets/{ticket.ref}"

    answer = browsers.send(
        sign_in("ada@provider.example"),
        f"{path}/entries",
        {"body": "a\0b", "kind": "reply"},
        seen_at=path,
    )

    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/sign-in?next=%00", "/desk/queue?after=%00&view=%00", "/?x=%00"])
def test_an_address_with_a_nul_is_not_understood(client, path):
    assert client.get(path).status_code == 400


@pytest.fixture
def listener(database, harbour):
    """The door for mail, open."""
    door = MailListener(MailDoor(database), host="127.0.0.1", port=0, greeting="desk.example")
    door.start()
    yield door
    door.stop()


@pytest.mark.parametrize("sender", [b'"a\\\0"@b.example', b"a\xed\xa0\x80@b.example"])
def test_a_mail_with_an_odd_envelope_is_kept_all_the_same(listener, sender):
    with smtplib.SMTP("127.0.0.1", listener.port, timeout=5) as smtp:
        smtp.ehlo("a\0b")
        smtp.sock.sendall(b"MAIL FROM:<" + sender + b"> SMTPUTF8\r\n")
        smtp.getreply()
        smtp.rcpt("support@harbour.example")
        code, _answer = smtp.data(b"From: eve@evil.example\r\n\r\nx\r\n")

    assert code == 250
