"""Somebody was added, or forgot the password → a single-use link, also by mail where one can leave.

The link is handed back to be shown once; only its digest is kept.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale
from sqlalchemy.orm import Session

from app.gateways.mail_templates import compose
from app.outbox.actions import write_letter
from app.outbox.instants import instant_in_zone
from app.outbox.letter import Letter
from tenants.access.actions import invite
from tenants.access.actions.invitations import INVITATION_LIFETIME

PURPOSE = "invitation"


@dataclass(frozen=True, slots=True)
class Invitee:
    """Who is invited. `zone`: IANA name, in which the end of the link is told."""

    user_id: int
    email: str
    name: str
    language: str
    zone: str


@dataclass(frozen=True, slots=True)
class Inviter:
    """In whose name. `address`: from where the mail leaves; None: no mail is written."""

    base_url: str
    site_name: str
    address: str | None
    brand_id: int | None


def person_to_invitation(
    session: Session, person: Invitee, *, inviter: Inviter, by: str, now: datetime
) -> str:
    """The link by which `person` chooses a password. Links handed out before stop working.

    `by`: the actor for the audit trail. Raises IntegrityError for a person who does not exist.
    """
    token = invite(session, person.user_id, lifetime=INVITATION_LIFETIME, by=by, now=now)
    link = f"{inviter.base_url}/invitations/{token}"
    if inviter.address is not None:
        letter = _letter(person, link, inviter, inviter.address, until=now + INVITATION_LIFETIME)
        write_letter(session, letter, now=now)
    return link


def _letter(
    person: Invitee, link: str, inviter: Inviter, address: str, *, until: datetime
) -> Letter:
    told = instant_in_zone(until, locale=Locale(person.language), zone=ZoneInfo(person.zone))
    words = compose(
        PURPOSE,
        {"name": person.name, "link": link, "until": told, "site_name": inviter.site_name},
        language=person.language,
    )
    digest = hashlib.sha256(link.encode()).hexdigest()[:32]
    return Letter(
        purpose=PURPOSE,
        idempotency_key=f"{PURPOSE}:{digest}",
        recipient=person.email,
        recipient_name=person.name,
        sender=address,
        sender_name=inviter.site_name,
        subject=words.subject,
        text=words.text,
        html=words.html,
        message_ref=f"{digest}@{address.rpartition('@')[2]}",
        is_automatic=True,
        is_internal=True,
        brand_id=inviter.brand_id,
    )
