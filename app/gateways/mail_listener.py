"""The door for mail: SMTP and LMTP on one port, nothing accepted that is not committed.

Knows the protocol and its answers; what a recipient is and how a mail is kept is asked through
`MailDoor`, in threads, because both wait for the database.
"""

import asyncio
import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from tenants.errors import GatewayError

log = logging.getLogger(__name__)
MESSAGE_BYTES = 10_240_000  # RFC 1870 SIZE; Postfix's own default
MOST_RECIPIENTS = 1_000
MOST_HOPS = 50  # Received headers; more is a loop
HEADER_BYTES_READ = 262_144  # of a mail, to count its hops
THREADS = 8
MOST_CONNECTIONS = 200  # each may hold a whole mail in memory
IDLE_S = 600  # RFC 5321, 4.5.3.2: no less than five minutes

_RECEIVED = re.compile(rb"^received:", re.IGNORECASE | re.MULTILINE)
_CRLF = b"\r\n"
_DOT = b".\r\n"
_END_OF_DATA = _CRLF + _DOT
_STUFFED = b"\r\n."
_NULL_SENDER = "<>"  # what the library makes of MAIL FROM:<>

ACCEPTED = "250 2.0.0 Kept"
RECIPIENT_ACCEPTED = "250 2.1.5 Recipient known"
UNKNOWN_RECIPIENT = "550 5.1.1 No such mailbox here"
TOO_MANY_RECIPIENTS = "452 4.5.3 Too many recipients; send the rest in another transaction"
TOO_MANY_HOPS = "554 5.4.6 Too many hops; this mail goes in circles"
TOO_BIG = "552 5.3.4 Mail exceeds the size limit"
NEED_RECIPIENT = "503 5.5.1 Need RCPT first"
SEND_MAIL = "354 End with a dot on a line of its own"
TRY_LATER = "451 4.3.0 Try again later"
ALL_TAKEN = b"421 4.7.0 Too many connections; try again later\r\n"


@dataclass(frozen=True, slots=True)
class MailboxPlace:
    """Where mail for `recipient` is kept."""

    recipient: str
    tenant_id: int
    mailbox_id: int


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """One mail with its envelope. `sender`: "" for the null sender; `peer`: address of the host."""

    sender: str
    places: tuple[MailboxPlace, ...]
    content: bytes
    peer: str
    helo: str


class MailDoor(Protocol):
    """Who may come in, and where they are kept."""

    def place_of(self, recipient: str) -> MailboxPlace | None:
        """The mailbox of a recipient, None where there is none. Raises GatewayError, temporary."""

    def keep(self, mail: IncomingMail) -> object:
        """Commit the mail for each place. Raises GatewayError when it could not be."""


class MailListener:
    """Serves one address from a thread of its own until stopped."""

    def __init__(self, door: MailDoor, *, host: str, port: int, greeting: str) -> None:
        self._door = door
        self._host = host
        self._greeting = greeting
        self.port = port
        self._loop = asyncio.new_event_loop()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="mail-door")
        self._thread = threading.Thread(target=self._run, name="mail-listener", daemon=True)
        self._ready = threading.Event()
        self._failure: OSError | None = None
        self._open: set[_Connection] = set()

    def start(self) -> None:
        """Listen; `port` then holds the real one where 0 was asked for. Raises OSError."""
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Take no new connection, let threads end what they began to keep, then return."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._threads.shutdown(wait=True)

    def _run(self) -> None:
        # The library logs every command with its addresses.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        try:
            server = self._loop.run_until_complete(
                self._loop.create_server(self._connection, self._host, self.port)
            )
        except OSError as failure:
            self._failure = failure
            self._ready.set()
            return
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(_ended(self._loop))
        self._loop.close()

    def _connection(self) -> asyncio.BaseProtocol:
        if len(self._open) >= MOST_CONNECTIONS:
            return _AllTaken()
        answers = _Answers(self._door, self._threads)
        return _Connection(answers, hostname=self._greeting, among=self._open)


class _AllTaken(asyncio.Protocol):
    """Sends a peer away for now."""

    def connection_made(self, transport: Any) -> None:
        """Say so and hang up."""
        transport.write(ALL_TAKEN)
        transport.close()


class _Connection(SMTP):
    """The library's protocol with LMTP on the same port, and mail read at once instead of by line.

    By line, a mail of three million short ones would hold every connection for seconds.
    """

    line_length_limit = MESSAGE_BYTES + len(_END_OF_DATA) + len(_CRLF)  # what the reader buffers

    def __init__(self, answers: "_Answers", *, hostname: str, among: set["_Connection"]) -> None:
        super().__init__(
            answers,
            hostname=hostname,
            ident="ESMTP",
            data_size_limit=MESSAGE_BYTES,
            enable_SMTPUTF8=True,
            timeout=IDLE_S,
            loop=asyncio.get_running_loop(),
        )
        self._answers = answers
        self._speaks_lmtp = False
        self._among = among

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count this connection while it is open."""
        self._among.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Free its place."""
        self._among.discard(self)
        super().connection_lost(error)

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, hostname: str) -> None:  # noqa: N802 - the library finds it by name
        """LMTP's greeting. Source: RFC 2033."""
        self._speaks_lmtp = True
        await self.smtp_EHLO(hostname)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: ARG002, N802 - the library calls it
        """Take a mail; LMTP owes an answer for each recipient. Source: RFC 2033, 4.2."""
        if await self.check_helo_needed():
            return
        if self.envelope is None or not self.envelope.rcpt_tos:
            await self.push(NEED_RECIPIENT)
            return
        owed = len(self.envelope.rcpt_tos) if self._speaks_lmtp else 1
        await self.push(SEND_MAIL)
        answer = await self._answer_to_mail()
        self._set_post_data_state()  # type: ignore[no-untyped-call]
        await self.push("\r\n".join([answer] * owed))

    async def _answer_to_mail(self) -> str:
        content = await self._whole_mail()
        if content is None:
            return TOO_BIG
        if self.session is None or self.envelope is None:
            raise ConnectionResetError
        return await self._answers.to_mail(content, session=self.session, envelope=self.envelope)

    async def _whole_mail(self) -> bytes | None:
        """The mail up to the lone dot, dots unstuffed; None when it is over the limit.

        The end of a line before the first one lets an empty mail end like any other.
        """
        self._reader._buffer[:0] = _CRLF  # type: ignore[attr-defined] # noqa: SLF001
        is_too_big = False
        while True:
            try:
                raw = await self._reader.readuntil(_END_OF_DATA)
            except asyncio.LimitOverrunError as overrun:
                is_too_big = True
                await self._reader.read(overrun.consumed)
            except asyncio.IncompleteReadError:
                raise ConnectionResetError from None
            else:
                break
        content = raw[: -len(_DOT)].replace(_STUFFED, _CRLF)[len(_CRLF) :]
        return None if is_too_big or len(content) > MESSAGE_BYTES else content


class _Answers:
    """What we say to each command."""

    def __init__(self, door: MailDoor, threads: ThreadPoolExecutor) -> None:
        self._door = door
        self._threads = threads
        self._places: dict[str, MailboxPlace] = {}  # found on this connection

    async def handle_RCPT(  # noqa: N802 - the library's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Whether a recipient is ours."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY_RECIPIENTS
        loop = asyncio.get_running_loop()
        try:
            place = await loop.run_in_executor(self._threads, self._door.place_of, address)
        except GatewayError:
            return TRY_LATER
        if place is None:
            return UNKNOWN_RECIPIENT
        self._places[address] = place
        envelope.rcpt_tos.append(address)
        return RECIPIENT_ACCEPTED

    async def to_mail(self, content: bytes, *, session: Session, envelope: Envelope) -> str:
        """Accepted once it is committed, and not before."""
        if hops(content) > MOST_HOPS:
            return TOO_MANY_HOPS
        sender = envelope.mail_from or ""
        mail = IncomingMail(
            sender="" if sender == _NULL_SENDER else _words(sender),
            places=tuple(self._places[address] for address in envelope.rcpt_tos),
            content=content,
            peer=_peer_address(session),
            helo=_words(session.host_name or ""),
        )
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._threads, self._door.keep, mail)
        except GatewayError:
            return TRY_LATER
        except Exception:
            log.exception("mail could not be kept")  # the mail stays with its sender
            return TRY_LATER
        return ACCEPTED

    async def handle_exception(self, error: Exception) -> str:
        """A defect of ours is temporary to the sender."""
        log.error("mail command failed", exc_info=error)
        return TRY_LATER


def hops(content: bytes) -> int:
    """How many hosts a mail says it passed: its Received headers."""
    head = content[:HEADER_BYTES_READ]
    end = head.find(b"\r\n\r\n")
    return len(_RECEIVED.findall(head if end < 0 else head[:end]))


def _words(text: str) -> str:
    """What a peer says of itself, as any store keeps it: no NUL, no half of a letter."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def _peer_address(session: Session) -> str:
    peer: Any = session.peer  # typed as text, given as a socket's address
    return str(peer[0]) if isinstance(peer, tuple) and peer else ""


async def _ended(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel the connections that are left and wait until each has noticed."""
    tasks = asyncio.all_tasks(loop) - {asyncio.current_task(loop)}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
