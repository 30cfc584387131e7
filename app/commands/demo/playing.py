"""The demo's day, played: mails come in by the listener's door, operators act through the flows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.commands.demo.day import DAY, Answer, Letter, Note, Reply, mail_of
from app.commands.demo.setting_up import DemoPlaces
from app.flows.email_to_ticket import MailOutcome
from app.flows.entry_to_reply import Reply as SentReply
from app.flows.entry_to_reply import entry_to_reply
from app.gateways.mail_listener import IncomingMail
from app.jobs.mail_door import MailDoor
from app.jobs.mail_taking import mail_taker
from app.outbox.models import OutboundMessage
from app.services import Services
from app.tickets import actions
from app.tickets.changes import Author, NewEntry
from app.tickets.kinds import AuthorKind, Channel
from app.tickets.refs import parse_ref

Scene = Letter | Answer | Note | Reply


class DayPlayer:
    """Plays DAY so that it ends at `ended_at`; each scene happens at its own instant."""

    def __init__(self, held: Services, places: DemoPlaces, *, ended_at: datetime) -> None:
        self._held = held
        self._places = places
        self._ended_at = ended_at
        self._letters: dict[str, Letter] = {}
        self._refs: dict[str, str] = {}

    def play(self) -> None:
        """Every scene, in order."""
        for scene in DAY:
            at = self._ended_at - timedelta(minutes=scene.minutes_ago)
            if isinstance(scene, Letter):
                self._receive(scene, at)
            elif isinstance(scene, Reply):
                self._receive_reply(scene, at)
            else:
                self._act(scene, at)

    def _receive(self, letter: Letter, at: datetime) -> None:
        number = len(self._letters) + 1
        content = mail_of(letter, at=at, message_id=f"demo-{number}@{_domain(letter.sender)}")
        outcome = self._take(letter, content, at)
        self._letters[letter.subject] = letter
        if outcome.ticket:
            self._refs[letter.subject] = outcome.ticket

    def _receive_reply(self, reply: Reply, at: datetime) -> None:
        letter = self._letters[reply.to]
        message_ref = self._newest_letter(letter)
        answer = replace(letter, subject=f"Re: {letter.subject}", text=reply.text, attachment=None)
        message_id = f"demo-reply-{reply.minutes_ago}@{_domain(letter.sender)}"
        content = mail_of(answer, at=at, message_id=message_id, answers=message_ref)
        self._take(letter, content, at)

    def _take(self, letter: Letter, content: bytes, at: datetime) -> MailOutcome:
        door = MailDoor(self._held.database, clock=lambda: at)
        place = door.place_of(letter.to.mailbox)
        assert place is not None  # noqa: S101 - set up a moment ago
        mail = IncomingMail(
            places=(place,), sender=letter.sender, content=content, peer="127.0.0.1", helo="demo"
        )
        kept = door.keep(mail)[place]
        taker = replace(mail_taker(self._held), clock=lambda: at)
        return taker.take(place.tenant_id, kept.id)

    def _act(self, scene: Answer | Note, at: datetime) -> None:
        user_id, name = self._places.operators[scene.operator]
        author = Author(AuthorKind.OPERATOR, user_id, name)
        with self._ticket(scene.to) as (session, number):
            if isinstance(scene, Note):
                actions.add_note(session, number, scene.text, author=author, now=at)
                return
            actions.take_ticket(session, number, author=author, seen_revision=None, now=at)
            entry = NewEntry(text=scene.text, author=author, channel=Channel.DESK)
            entry_to_reply(
                session,
                number,
                SentReply(entry, scene.then),
                correspondence=self._held.correspondence,
                now=at,
            )

    @contextmanager
    def _ticket(self, subject: str) -> Iterator[tuple[Session, int]]:
        """A transaction of the ticket's tenant, and its number."""
        ref = parse_ref(self._refs[subject])
        assert ref is not None  # noqa: S101 - the taking of the mail gave it
        tenant_id = self._places.tenants[self._letters[subject].to.slug]
        with self._held.database.transaction(tenant_id) as session:
            yield session, ref.number

    def _newest_letter(self, letter: Letter) -> str:
        """The Message-ID of what we wrote last to the sender of `letter`."""
        tenant_id = self._places.tenants[letter.to.slug]
        with self._held.database.transaction(tenant_id) as session:
            found = session.scalar(
                select(OutboundMessage.message_ref)
                .where(OutboundMessage.recipient == letter.sender)
                .order_by(OutboundMessage.id.desc())
                .limit(1)
            )
        return found or ""


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
