"""Mail by a relay that speaks SMTP."""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from app.gateways.mail import OutgoingMail, SigningKey, UnknownOutcome
from app.gateways.mail_building import ascii_address, build_mail
from app.gateways.signing import signed
from tenants.errors import GatewayError

T = TypeVar("T")
CONNECT_TIMEOUT_S = 30.0
ANSWER_TIMEOUT_S = 300.0  # after the dot; RFC 5321 section 4.5.3.2 says 10 minutes, relays do less
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
PERMANENT_FROM = 500


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail is handed over. `scheme`: smtp, smtp+starttls or smtps."""

    scheme: str
    host: str
    port: int
    login: str | None = None
    password: str | None = None
    connect_timeout_s: float = CONNECT_TIMEOUT_S
    answer_timeout_s: float = ANSWER_TIMEOUT_S


def relay_from_url(url: str) -> Relay:
    """The relay that `smtp+starttls://user:password@mail.example.com:587` names."""
    parts = urlsplit(url)
    return Relay(
        scheme=parts.scheme,
        host=parts.hostname or "localhost",
        port=parts.port or PORTS[parts.scheme],
        login=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


class SmtpMail:
    """One connection per mail: a relay nearby answers in milliseconds, and none is left hanging."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    def send(self, mail: OutgoingMail, key: SigningKey | None) -> None:
        """Hand `mail` to the relay. Raises GatewayError, UnknownOutcome."""
        try:
            raw = build_mail(mail)
            recipient = ascii_address(mail.recipient)
        except ValueError as error:
            raise GatewayError(str(error), permanent=True) from error
        content = signed(raw, key) if key else raw
        connection = _translated(lambda: _connected(self._relay))
        try:
            _translated(lambda: _envelope(connection, mail.envelope_sender, recipient))
            _hand_over(connection, content, self._relay.answer_timeout_s)
        finally:
            connection.close()


def _connected(relay: Relay) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if relay.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            relay.host, relay.port, timeout=relay.connect_timeout_s, context=context
        )
    else:
        connection = smtplib.SMTP(relay.host, relay.port, timeout=relay.connect_timeout_s)
    try:
        if relay.scheme == "smtp+starttls":
            connection.starttls(context=context)
        connection.ehlo_or_helo_if_needed()
        if relay.login and relay.password is not None:
            connection.login(relay.login, relay.password)
    except (OSError, smtplib.SMTPException):
        connection.close()
        raise
    return connection


def _envelope(connection: smtplib.SMTP, sender: str, recipient: str) -> None:
    code, answer = connection.mail(ascii_address(sender) if sender else "")
    _check(code, answer)
    code, answer = connection.rcpt(recipient)
    _check(code, answer)


def _hand_over(connection: smtplib.SMTP, content: bytes, answer_timeout_s: float) -> None:
    """From the dot on, silence means that nobody knows."""
    if connection.sock is not None:
        connection.sock.settimeout(answer_timeout_s)
    try:
        code, answer = connection.data(content)
    except smtplib.SMTPDataError as error:
        _check(error.smtp_code, error.smtp_error)
        raise
    except (OSError, smtplib.SMTPException) as error:
        raise UnknownOutcome("the relay went silent after the mail was handed over") from error
    _check(code, answer)


def _check(code: int, answer: bytes | str) -> None:
    """Raise GatewayError for an answer that is not "yes"."""
    if 200 <= code < 400:  # noqa: PLR2004 - the classes of RFC 5321 section 4.2.1
        return
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    raise GatewayError(f"{code} {words}"[:500], permanent=code >= PERMANENT_FROM)


def _translated(step: Callable[[], T]) -> T:
    """Run `step`; what goes wrong before the mail is handed over is tried again later."""
    try:
        return step()
    except smtplib.SMTPAuthenticationError as error:
        raise GatewayError("the relay refuses our sign-in (SMTP_URL)", permanent=False) from error
    except smtplib.SMTPResponseException as error:
        _check(error.smtp_code, error.smtp_error)
        raise
    except (OSError, smtplib.SMTPException) as error:
        raise GatewayError(f"the relay is not reached: {error}"[:300], permanent=False) from error
