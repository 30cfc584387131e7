"""Brands and their texts are added and changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.brands import models
from tenants.brands.brand import BrandText, Tone, check_text
from tenants.brands.colour import colour_text, parse_colour
from tenants.database import acting_tenant
from tenants.directory.actions import claim_name, release_name
from tenants.directory.languages import known_language
from tenants.directory.names import NameKind, spelled
from tenants.errors import NotFound, Refused


@dataclass(frozen=True, slots=True)
class BrandDetails:
    """What a partner says of a brand. `names`: language to name; `colour`: "#rrggbb"."""

    name: str
    colour: str
    language: str
    sender_address: str
    names: Mapping[str, str] = field(default_factory=dict)
    tone: Tone = Tone.NEUTRAL
    telephone: str | None = None
    pronunciation: str | None = None


@dataclass(frozen=True, slots=True)
class NewBrand:
    """A brand to add. `prefix`: of its ticket numbers, "HB"; `portal_host`: its pages' host."""

    slug: str
    prefix: str
    details: BrandDetails
    portal_host: str | None = None


def add_brand(session: Session, request: NewBrand, *, now: datetime) -> int:
    """The id of a new brand of the session's tenant that owns its prefix and host.

    Raises Refused for names that are taken, or details that cannot be.
    """
    tenant_id, slug = acting_tenant(session), spelled(NameKind.SLUG, request.slug)
    if _brand_id(session, slug) is not None:
        raise Refused("There is a brand “{slug}” already.", slug=slug)
    host = spelled(NameKind.HOST, request.portal_host) if request.portal_host else None
    brand = models.Brand(
        tenant_id=tenant_id,
        slug=slug,
        prefix=spelled(NameKind.PREFIX, request.prefix),
        portal_host=host,
        created_at=now,
        **_checked(request.details),
    )
    session.add(brand)
    session.flush()  # the id, which the names point to
    claim_name(session, NameKind.PREFIX, brand.prefix, owner_id=tenant_id, target_id=brand.id)
    if host:
        claim_name(session, NameKind.HOST, host, owner_id=tenant_id, target_id=brand.id)
    return brand.id


def change_brand(session: Session, brand_id: int, details: BrandDetails) -> None:
    """Correct what is said of a brand; its prefix stays on tickets. Raises Refused, NotFound."""
    changed = session.scalar(
        update(models.Brand)
        .where(models.Brand.tenant_id == acting_tenant(session), models.Brand.id == brand_id)
        .values(_checked(details))
        .returning(models.Brand.id)
    )
    if changed is None:
        raise NotFound("There is no such brand.")


def move_portal(session: Session, brand_id: int, host: str | None) -> None:
    """Serve the brand's pages on another host, or on none of its own. Raises Refused, NotFound."""
    tenant_id, brand = acting_tenant(session), _brand(session, brand_id)
    wanted = spelled(NameKind.HOST, host) if host else None
    if wanted == brand.portal_host:
        return
    if wanted:
        claim_name(session, NameKind.HOST, wanted, owner_id=tenant_id, target_id=brand_id)
    if brand.portal_host:
        release_name(session, NameKind.HOST, brand.portal_host, owner_id=tenant_id)
    brand.portal_host = wanted


def set_text(session: Session, brand_id: int, text: BrandText) -> None:
    """Keep a brand's words for a place, or replace those it had. Raises Refused, NotFound."""
    _brand(session, brand_id)
    check_text(text.body)
    place = {
        "tenant_id": acting_tenant(session),
        "brand_id": brand_id,
        "kind": text.kind,
        "channel": text.channel,
        "language": known_language(text.language),
        "hours": text.hours,
        "tone": text.tone,
    }
    body = text.body.strip()
    session.execute(
        insert(models.BrandText)
        .values(**place, body=body)
        .on_conflict_do_update(constraint="uq_brand_texts_place", set_={"body": body})
    )


def drop_text(session: Session, brand_id: int, text: BrandText) -> None:
    """Go back to the neutral words for a place; `body` does not matter."""
    session.execute(
        delete(models.BrandText).where(
            models.BrandText.tenant_id == acting_tenant(session),
            models.BrandText.brand_id == brand_id,
            models.BrandText.kind == text.kind,
            models.BrandText.channel == text.channel,
            models.BrandText.language == text.language,
            models.BrandText.hours == text.hours,
            models.BrandText.tone == text.tone,
        )
    )


def _checked(details: BrandDetails) -> dict[str, Any]:
    if not details.name.strip():
        raise Refused("A brand needs a name.")
    names = {known_language(code): name.strip() for code, name in details.names.items()}
    return {
        "name": details.name.strip(),
        "names": {code: name for code, name in names.items() if name},
        "colour": colour_text(parse_colour(details.colour)),
        "tone": details.tone,
        "language": known_language(details.language),
        "sender_address": spelled(NameKind.MAILBOX, details.sender_address),
        "telephone": (details.telephone or "").strip() or None,
        "pronunciation": (details.pronunciation or "").strip() or None,
    }


def _brand_id(session: Session, slug: str) -> int | None:
    return session.scalar(
        select(models.Brand.id).where(
            models.Brand.tenant_id == acting_tenant(session), models.Brand.slug == slug
        )
    )


def _brand(session: Session, brand_id: int) -> models.Brand:
    brand = session.scalar(
        select(models.Brand).where(
            models.Brand.tenant_id == acting_tenant(session), models.Brand.id == brand_id
        )
    )
    if brand is None:
        raise NotFound("There is no such brand.")
    return brand
