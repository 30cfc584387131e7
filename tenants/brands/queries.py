"""Brands and mailboxes as values, few statements each: incoming mail asks for them every time."""

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from tenants.brands import models
from tenants.brands.brand import Brand, BrandText, Hours, TextChannel, TextKind, Tone
from tenants.brands.models import MailSource
from tenants.database import acting_tenant
from tenants.errors import NotFound
from tenants.promises.hours_json import calendar_from_json
from tenants.promises.models import Calendar
from tenants.promises.queries import SERVICE_HOURS, KeptCalendar


@dataclass(frozen=True, slots=True)
class MailPlace:
    """All that incoming mail needs to know of its mailbox. `hours`: the tenant's service hours."""

    mailbox_id: int
    address: str
    brand: Brand
    zone: str
    hours: KeptCalendar


@dataclass(frozen=True, slots=True)
class MailboxValue:
    """A mailbox. The IMAP part is None for one that receives by SMTP."""

    id: int
    brand_id: int
    address: str
    source: MailSource
    imap_host: str | None
    imap_port: int | None
    imap_login: str | None
    imap_secret: bytes | None
    imap_folder: str | None
    imap_validity: int | None
    imap_last_uid: int | None
    is_active: bool
    last_error: str | None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What signs mail of a domain. `private_key`: a sealed PEM; the row of the seal is `domain`."""

    domain: str
    selector: str
    private_key: bytes
    public_key: str
    is_verified: bool


def brand_words(session: Session, brand_id: int) -> Brand:
    """One brand with its texts, in one statement. Raises NotFound."""
    row = session.execute(
        select(models.Brand, _TEXTS.label("texts")).where(
            models.Brand.tenant_id == acting_tenant(session), models.Brand.id == brand_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such brand.")
    return _brand(row.Brand, row.texts)


def brand_exists(session: Session, brand_id: int) -> bool:
    """Whether the session's tenant has this brand."""
    found = session.scalar(
        select(models.Brand.id).where(
            models.Brand.tenant_id == acting_tenant(session), models.Brand.id == brand_id
        )
    )
    return found is not None


def brands(session: Session) -> list[Brand]:
    """The brands of the session's tenant with their texts, by name."""
    rows = session.execute(
        select(models.Brand, _TEXTS.label("texts"))
        .where(models.Brand.tenant_id == acting_tenant(session))
        .order_by(models.Brand.name, models.Brand.id)
    )
    return [_brand(row.Brand, row.texts) for row in rows]


def visible_names(session: Session) -> list[tuple[int, str]]:
    """Tenant and name of every brand of the tenants this session may read: what a list shows."""
    rows = session.execute(
        select(models.Brand.tenant_id, models.Brand.name).order_by(
            models.Brand.name, models.Brand.id
        )
    )
    return [(tenant_id, name) for tenant_id, name in rows]


def visible_brands(session: Session) -> list[Brand]:
    """The brands, without texts, of every tenant this session may read: the desk's list."""
    rows = session.scalars(select(models.Brand).order_by(models.Brand.name, models.Brand.id))
    return [_brand(row, []) for row in rows]


def mail_place(session: Session, mailbox_id: int) -> MailPlace:
    """Mailbox, brand, texts and service hours, in one statement. Raises NotFound."""
    place = {"of_tenant": acting_tenant(session), "of_mailbox": mailbox_id}
    row = session.execute(_MAIL_PLACE, place).one_or_none()
    if row is None:
        raise NotFound("There is no such mailbox.")
    hours = calendar_from_json(row.Calendar.definition)
    return MailPlace(
        mailbox_id=row.id,
        address=row.address,
        brand=_brand(row.Brand, row.texts),
        zone=hours.zone,
        hours=KeptCalendar(row.Calendar.id, row.Calendar.version, row.Calendar.name, hours),
    )


def mailbox(session: Session, mailbox_id: int) -> MailboxValue:
    """One mailbox. Raises NotFound."""
    row = session.scalar(
        select(models.Mailbox).where(
            models.Mailbox.tenant_id == acting_tenant(session), models.Mailbox.id == mailbox_id
        )
    )
    if row is None:
        raise NotFound("There is no such mailbox.")
    return _mailbox(row)


def mailbox_by_address(session: Session, address: str) -> MailboxValue | None:
    """The mailbox of the session's tenant with this address."""
    row = session.scalar(
        select(models.Mailbox).where(
            models.Mailbox.tenant_id == acting_tenant(session),
            models.Mailbox.address == address.strip().lower(),
        )
    )
    return _mailbox(row) if row else None


def mailboxes(session: Session) -> list[MailboxValue]:
    """The mailboxes of the session's tenant, by address."""
    rows = session.scalars(
        select(models.Mailbox)
        .where(models.Mailbox.tenant_id == acting_tenant(session))
        .order_by(models.Mailbox.address)
    )
    return [_mailbox(row) for row in rows]


def polled_mailboxes(session: Session) -> list[tuple[int, int]]:
    """Tenant and id of every active IMAP mailbox. `session`: across tenants."""
    rows = session.execute(
        select(models.Mailbox.tenant_id, models.Mailbox.id)
        .where(models.Mailbox.source == MailSource.IMAP, models.Mailbox.is_active)
        .order_by(models.Mailbox.tenant_id, models.Mailbox.id)
    )
    return [(row.tenant_id, row.id) for row in rows]


def signing_key(session: Session, domain: str) -> SigningKey | None:
    """The key that signs mail from `domain`; None for a domain without one."""
    row = session.scalar(
        select(models.SenderDomain).where(
            models.SenderDomain.tenant_id == acting_tenant(session),
            models.SenderDomain.domain == domain.strip().lower(),
        )
    )
    return _signing_key(row) if row else None


def signing_keys(session: Session) -> list[SigningKey]:
    """The sender domains of the session's tenant, in order."""
    rows = session.scalars(
        select(models.SenderDomain)
        .where(models.SenderDomain.tenant_id == acting_tenant(session))
        .order_by(models.SenderDomain.domain)
    )
    return [_signing_key(row) for row in rows]


_TEXTS = (
    select(
        func.coalesce(
            func.jsonb_agg(
                func.jsonb_build_array(
                    models.BrandText.kind,
                    models.BrandText.channel,
                    models.BrandText.language,
                    models.BrandText.hours,
                    models.BrandText.tone,
                    models.BrandText.body,
                )
            ),
            func.jsonb_build_array(),
        )
    )
    .where(
        models.BrandText.tenant_id == models.Brand.tenant_id,
        models.BrandText.brand_id == models.Brand.id,
    )
    .correlate(models.Brand)
    .scalar_subquery()
)


def _brand(row: models.Brand, texts: list[list[str]]) -> Brand:
    return Brand(
        id=row.id,
        tenant_id=row.tenant_id,
        slug=row.slug,
        name=row.name,
        names={language: str(name) for language, name in row.names.items()},
        colour=row.colour,
        tone=row.tone,
        language=row.language,
        prefix=row.prefix,
        portal_host=row.portal_host,
        telephone=row.telephone,
        sender_address=row.sender_address,
        pronunciation=row.pronunciation,
        texts=tuple(_text(*stored) for stored in texts),
    )


def _text(kind: str, channel: str, language: str, hours: str, tone: str, body: str) -> BrandText:
    return BrandText(TextKind(kind), TextChannel(channel), language, Hours(hours), Tone(tone), body)


def _mailbox(row: models.Mailbox) -> MailboxValue:
    return MailboxValue(**{name: getattr(row, name) for name in MailboxValue.__dataclass_fields__})


def _signing_key(row: models.SenderDomain) -> SigningKey:
    return SigningKey(
        domain=row.domain,
        selector=row.selector,
        private_key=row.private_key,
        public_key=row.public_key,
        is_verified=row.verified_at is not None,
    )


# Built once: the mail path asks it for every message.
_MAIL_PLACE = (
    select(models.Mailbox.id, models.Mailbox.address, models.Brand, Calendar, _TEXTS.label("texts"))
    .join(
        models.Brand,
        and_(
            models.Brand.tenant_id == models.Mailbox.tenant_id,
            models.Brand.id == models.Mailbox.brand_id,
        ),
    )
    .join(
        Calendar,
        and_(Calendar.tenant_id == models.Mailbox.tenant_id, Calendar.name == SERVICE_HOURS),
    )
    .where(
        models.Mailbox.tenant_id == bindparam("of_tenant"),
        models.Mailbox.id == bindparam("of_mailbox"),
    )
)
