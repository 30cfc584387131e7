"""The faces of a partner: name, colour, sender, and how they speak."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.web.auth import permits, signed_in_user
from app.web.forms import UNPROCESSABLE, chosen, complaint, complaints, line
from app.web.localization import LANGUAGES
from app.web.partner import partner_pages
from app.web.services import database
from tenants.access.actions import record_audit
from tenants.access.roles import Action
from tenants.brands import queries
from tenants.brands.actions import BrandDetails, change_brand
from tenants.brands.brand import Brand, Tone
from tenants.brands.colour import (
    DARK_SURFACE,
    LIGHT_SURFACE,
    brand_colours,
    contrast,
    parse_colour,
)
from tenants.directory.languages import known_language
from tenants.errors import Refused

NAME_MAX = 120
TONE_WORDS: dict[Tone, Any] = {Tone.NEUTRAL: _l("neutral"), Tone.PERSONAL: _l("personal")}


@dataclass(frozen=True, slots=True)
class BrandForm:
    """What the form sends, as typed. `names`: language to name, "" where it is the usual one."""

    name: str
    names: dict[str, str]
    colour: str
    sender: str
    telephone: str
    pronunciation: str
    language: str
    tone: str

    @classmethod
    def of(cls, brand: Brand) -> "BrandForm":
        """The form as it opens."""
        return cls(
            name=brand.name,
            names={code: brand.names.get(code, "") for code in LANGUAGES},
            colour=brand.colour,
            sender=brand.sender_address,
            telephone=brand.telephone or "",
            pronunciation=brand.pronunciation or "",
            language=brand.language,
            tone=brand.tone.value,
        )

    @classmethod
    def from_request(cls) -> "BrandForm":
        """Read the form."""
        return cls(
            name=line("name"),
            names={code: line(f"name_{code}") for code in LANGUAGES},
            colour=line("colour"),
            sender=line("sender"),
            telephone=line("telephone"),
            pronunciation=line("pronunciation"),
            language=line("language"),
            tone=line("tone"),
        )

    def errors(self, senders: list[str]) -> dict[str, str]:
        """What is wrong, by field. `senders`: the addresses the brand may write from."""
        too_long = _("At most %(most)s characters.", most=NAME_MAX)
        found = {f"name_{c}": too_long for c, name in self.names.items() if len(name) > NAME_MAX}
        found |= {
            "name": too_long if len(self.name) > NAME_MAX else "",
            "colour": complaint(parse_colour, self.colour),
            "sender": "" if self.sender in senders else _("Choose one of your mailboxes."),
            "language": complaint(known_language, self.language),
            "tone": "" if chosen(Tone, self.tone) else _("Choose a tone."),
        }
        if not self.name:
            found["name"] = _("A brand needs a name.")
        return complaints(found)

    def details(self) -> BrandDetails:
        """The form as the action takes it."""
        return BrandDetails(
            name=self.name,
            colour=self.colour,
            language=self.language,
            sender_address=self.sender,
            names=self.names,
            tone=Tone(self.tone),
            telephone=self.telephone,
            pronunciation=self.pronunciation,
        )


@partner_pages.get("/brands")
@permits(Action.MANAGE_BRANDS)
def brands() -> str:
    """All brands."""
    with database().transaction(signed_in_user().tenant_id) as session:
        faces = queries.brands(session)
    return render_template("partner/brands.html", brands=faces)


@partner_pages.get("/brands/<int:brand_id>")
@permits(Action.MANAGE_BRANDS)
def brand(brand_id: int) -> str:
    """One brand, to be changed."""
    return _page(brand_id, None, {})


@partner_pages.post("/brands/<int:brand_id>")
@permits(Action.MANAGE_BRANDS)
def save_brand(brand_id: int) -> Response | tuple[str, int]:
    """Keep the brand; pages and mails follow at once."""
    user, form = signed_in_user(), BrandForm.from_request()
    with database().transaction(user.tenant_id) as session:
        senders = _senders(queries.brand_words(session, brand_id), queries.mailboxes(session))
        errors = form.errors(senders)
        if not errors:
            change_brand(session, brand_id, form.details())
            target = f"brand:{brand_id}"
            record_audit(
                session, actor=user.actor, action="change_brand", target=target, now=utc_now()
            )
    if errors:
        return _page(brand_id, form, errors), UNPROCESSABLE
    flash(_("Saved."), "success")
    return redirect(url_for("partner.brand", brand_id=brand_id), 303)


def _senders(face: Brand, boxes: list[queries.MailboxValue]) -> list[str]:
    """The brand's own mailboxes: answers come back to the sender, so it must be read here."""
    own = [box.address for box in boxes if box.brand_id == face.id]
    return own if face.sender_address in own else [face.sender_address, *own]


def _page(brand_id: int, typed: BrandForm | None, errors: dict[str, str]) -> str:
    with database().transaction(signed_in_user().tenant_id) as session:
        face = queries.brand_words(session, brand_id)
        boxes = queries.mailboxes(session)
    form = typed or BrandForm.of(face)
    return render_template(
        "partner/brand.html",
        face=face,
        form=form,
        errors=errors,
        senders=[(address, address) for address in _senders(face, boxes)],
        languages=list(LANGUAGES.items()),
        tones=[(tone.value, word) for tone, word in TONE_WORDS.items()],
        contrasts=_contrasts(form.colour),
    )


def _contrasts(colour: str) -> list[tuple[str, str]]:
    """How well the computed colours read, as term and figure; nothing for what is no colour."""
    try:
        found = brand_colours(colour)
    except Refused:
        return []
    pairs = [
        (_("Writing on the colour"), found.fg, parse_colour(found.brand)),
        (_("The colour as writing, light"), found.ink_light, LIGHT_SURFACE),
        (_("The colour as writing, dark"), found.ink_dark, DARK_SURFACE),
    ]
    return [
        (term, f"{ink}  {contrast(parse_colour(ink), ground):.1f} : 1 ✓")
        for term, ink, ground in pairs
    ]
