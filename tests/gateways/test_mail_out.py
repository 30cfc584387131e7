"""Both ways out for mail: a relay that answers as relays do, and the folder in its place."""

import asyncio
import email
import socket
from dataclasses import replace
from email import policy

import dkim
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from app.gateways.folder_mail import FolderMail
from app.gateways.mail import MailFile, SigningKey, UnknownOutcome
from app.gateways.smtp_mail import Relay, SmtpMail, relay_from_url
from tenants.errors import GatewayError
from tests.gateways.test_mail_building import A_MAIL


def test_a_mail_arrives_with_its_words(way_out):
    send, arrived = way_out

    send(replace(A_MAIL, text="Розетка вставлена", html="<p>Розетка</p>"), None)

    (raw,) = arrived()
    read = email.message_from_bytes(raw, policy=policy.default)
    assert read["Message-ID"] == "<1.2.hash@harbour.example>"
    assert read.get_body(("plain",)).get_content().strip() == "Розетка вставлена"


def test_a_signature_holds_when_it_arrives(way_out):
    send, arrived = way_out
    key, record = a_key()

    send(replace(A_MAIL, files=(MailFile("a.bin", "x/y", bytes(999)),)), key)

    (raw,) = arrived()
    assert dkim.verify(raw, dnsfunc=lambda _name, **_: record)


def test_a_key_that_cannot_sign_sends_nothing(way_out):
    send, arrived = way_out

    with pytest.raises(GatewayError) as caught:
        send(A_MAIL, SigningKey("harbour.example", "s1", b"no key"))

    assert not caught.value.permanent
    assert arrived() == []


def test_an_impossible_recipient_is_given_up(way_out):
    send, arrived = way_out

    with pytest.raises(GatewayError) as caught:
        send(replace(A_MAIL, recipient="nobody"), None)

    assert caught.value.permanent
    assert arrived() == []


@pytest.mark.parametrize(
    ("answer", "is_permanent"),
    [
        ("451 4.7.1 greylisted", False),
        ("421 4.3.2 closing", False),
        ("452 4.2.2 mailbox full", False),
        ("550 5.1.1 no such person", True),
        ("554 5.7.1 no", True),
    ],
)
@pytest.mark.parametrize("stage", ["sender", "recipient", "content"])
def test_4_means_later_and_5_means_no(relay, stage, answer, is_permanent):
    relay.sink.answers[stage] = answer

    with pytest.raises(GatewayError) as caught:
        relay.send(A_MAIL, None)

    assert caught.value.permanent is is_permanent
    assert not isinstance(caught.value, UnknownOutcome)
    assert str(caught.value).startswith(answer[:3])


def test_silence_after_the_dot_means_that_nobody_knows(relay):
    relay.sink.silence_s = 1.0

    with pytest.raises(UnknownOutcome):
        relay.send(A_MAIL, None)


def test_mail_of_a_machine_leaves_without_a_sender_to_answer(relay):
    relay.send(replace(A_MAIL, is_automatic=True), None)
    relay.send(A_MAIL, None)

    assert relay.sink.senders == ["", "support@harbour.example"]


def test_a_relay_that_is_not_there_is_tried_later():
    with pytest.raises(GatewayError) as caught:
        SmtpMail(relay_from_url(f"smtp://127.0.0.1:{a_free_port()}")).send(A_MAIL, None)

    assert not caught.value.permanent


def test_nothing_is_sent_in_clear_where_encryption_was_asked_for(relay):
    asked = replace(relay.place, scheme="smtp+starttls")

    with pytest.raises(GatewayError) as caught:
        SmtpMail(asked).send(A_MAIL, None)

    assert not caught.value.permanent
    assert relay.sink.received == []


def test_an_address_names_the_relay_with_its_usual_port():
    named = relay_from_url("smtp+starttls://us%40x:p%2Fw@mail.example.com")

    assert named == Relay("smtp+starttls", "mail.example.com", 587, "us@x", "p/w")
    assert relay_from_url("smtps://h").port == 465
    assert relay_from_url("smtp://h:2525").port == 2525


def test_the_same_message_again_is_one_file(tmp_path):
    folder = FolderMail(tmp_path / "outbox")

    folder.send(A_MAIL, None)
    folder.send(A_MAIL, None)
    folder.send(replace(A_MAIL, message_ref="other@x"), None)

    assert len(list((tmp_path / "outbox").iterdir())) == 2


class Sink:
    """A relay's side: keeps what it is given, and answers as it is told."""

    def __init__(self):
        self.received = []
        self.senders = []
        self.answers = {}
        self.silence_s = 0.0

    async def handle_MAIL(  # noqa: N802 - as aiosmtpd calls it
        self, _server, _session, envelope, address, _options
    ):
        if "sender" in self.answers:
            return self.answers["sender"]
        self.senders.append(address.strip("<>"))
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - the same
        self, _server, _session, envelope, address, _options
    ):
        if "recipient" in self.answers:
            return self.answers["recipient"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the same
        self, _server, _session, envelope
    ):
        await asyncio.sleep(self.silence_s)
        if "content" in self.answers:
            return self.answers["content"]
        self.received.append(envelope.original_content)
        return "250 OK"


class LocalRelay(Controller):
    """The sink behind a port on loopback."""

    def factory(self):
        return SMTP(self.handler, hostname="relay.example", enable_SMTPUTF8=False)


@pytest.fixture
def relay():
    sink = Sink()
    port = a_free_port()
    controller = LocalRelay(sink, hostname="127.0.0.1", port=port)
    controller.start()
    place = Relay("smtp", "127.0.0.1", port, connect_timeout_s=5, answer_timeout_s=0.3)
    mailer = SmtpMail(place)
    mailer.sink, mailer.place = sink, place
    yield mailer
    controller.stop()


@pytest.fixture(params=["folder", "relay"])
def way_out(request, tmp_path):
    if request.param == "folder":
        folder = tmp_path / "outbox"
        return FolderMail(folder).send, lambda: [path.read_bytes() for path in folder.glob("*")]
    relay = request.getfixturevalue("relay")
    return relay.send, lambda: relay.sink.received


def a_key():
    """A signing key of the sender's domain, and the DNS record that receivers find."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    encoded = b"".join(public.splitlines()[1:-1])
    return SigningKey("harbour.example", "s1", pem), b"v=DKIM1; k=rsa; p=" + encoded


def a_free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
