"""What a brand says, by kind, channel, language and hour; neutral words fill the gaps."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.web.auth import permits, signed_in_user
from app.web.forms import UNPROCESSABLE, chosen, complaint, complaints, line, paragraphs
from app.web.localization import LANGUAGES
from app.web.partner import partner_pages
from app.web.partner.brands import TONE_WORDS
from app.web.services import database
from tenants.access.actions import record_audit
from tenants.access.roles import Action
from tenants.brands.actions import drop_text, set_text
from tenants.brands.brand import (
    PLACEHOLDERS,
    Brand,
    BrandText,
    Hours,
    Occasion,
    TextChannel,
    TextKind,
    Tone,
    check_text,
    neutral_text,
)
from tenants.brands.queries import brand_exists, brand_words
from tenants.directory.languages import known_language
from tenants.errors import NotFound

TEXT_MAX = 4000
KIND_WORDS: dict[TextKind, Any] = {
    TextKind.GREETING: _l("greeting"),
    TextKind.ACKNOWLEDGEMENT: _l("automatic first answer"),
    TextKind.CLARIFYING: _l("question back"),
    TextKind.SIGNATURE: _l("signature"),
}
CHANNEL_WORDS: dict[TextChannel, Any] = {
    TextChannel.ANY: _l("everywhere"),
    TextChannel.MAIL: _l("mail"),
    TextChannel.WEB: _l("web form"),
    TextChannel.TELEPHONE: _l("telephone"),
    TextChannel.SMS: _l("SMS"),
}
HOURS_WORDS: dict[Hours, Any] = {
    Hours.ALWAYS: _l("at any hour"),
    Hours.IN_HOURS: _l("within service hours"),
    Hours.OUT_OF_HOURS: _l("outside service hours"),
}


@dataclass(frozen=True, slots=True)
class TextForm:
    """Where a text is said and what it is, as typed; values of the enums."""

    kind: str
    channel: str
    language: str
    hours: str
    tone: str
    body: str

    @classmethod
    def from_request(cls) -> "TextForm":
        """Read the form."""
        return cls(
            kind=line("kind"),
            channel=line("channel"),
            language=line("language"),
            hours=line("hours"),
            tone=line("tone"),
            body=paragraphs("body"),
        )

    @classmethod
    def opened(cls, brand: Brand) -> "TextForm":
        """The form for the place that the address names, with the words that hold there now."""
        asked = request.args
        place = cls(
            kind=asked.get("kind", TextKind.ACKNOWLEDGEMENT.value),
            channel=asked.get("channel", TextChannel.ANY.value),
            language=asked.get("language", brand.language),
            hours=asked.get("hours", Hours.IN_HOURS.value),
            tone=asked.get("tone", brand.tone.value),
            body="",
        )
        text = place.text()
        return place if text is None else replace(place, body=_words_now(brand, text))

    def errors(self) -> dict[str, str]:
        """What is wrong, by field; empty when all is well."""
        is_long = len(self.body) > TEXT_MAX
        too_long = _("At most %(most)s characters.", most=TEXT_MAX) if is_long else ""
        unknown = _("Choose one from the list.")
        return complaints(
            {
                "kind": "" if chosen(TextKind, self.kind) else unknown,
                "channel": "" if chosen(TextChannel, self.channel) else unknown,
                "language": complaint(known_language, self.language),
                "hours": "" if chosen(Hours, self.hours) else unknown,
                "tone": "" if chosen(Tone, self.tone) else unknown,
                "body": complaint(check_text, self.body) or too_long,
            }
        )

    def text(self) -> BrandText | None:
        """The text; None where its place is none."""
        kind, channel = chosen(TextKind, self.kind), chosen(TextChannel, self.channel)
        hours, tone = chosen(Hours, self.hours), chosen(Tone, self.tone)
        if kind is None or channel is None or hours is None or tone is None:
            return None
        if complaint(known_language, self.language):
            return None
        return BrandText(kind, channel, self.language, hours, tone, self.body)


@partner_pages.get("/brands/<int:brand_id>/texts")
@permits(Action.MANAGE_BRANDS)
def texts(brand_id: int) -> str:
    """The brand's own texts, and the form for one of them."""
    return _page(brand_id, None, {})


@partner_pages.post("/brands/<int:brand_id>/texts")
@permits(Action.MANAGE_BRANDS)
def save_text(brand_id: int) -> Response | tuple[str, int]:
    """Keep a text, or replace the one at its place."""
    user, form = signed_in_user(), TextForm.from_request()
    errors, text = form.errors(), form.text()
    if errors or text is None:
        return _page(brand_id, form, errors), UNPROCESSABLE
    with database().transaction(user.tenant_id) as session:
        set_text(session, brand_id, text)
        target = f"brand:{brand_id}"
        record_audit(session, actor=user.actor, action="change_text", target=target, now=utc_now())
    flash(_("Saved; the next message says it so."), "success")
    return redirect(url_for("partner.texts", brand_id=brand_id), 303)


@partner_pages.post("/brands/<int:brand_id>/texts/removal")
@permits(Action.MANAGE_BRANDS)
def remove_text(brand_id: int) -> Response:
    """Go back to the neutral words at a place."""
    user, text = signed_in_user(), TextForm.from_request().text()
    with database().transaction(user.tenant_id) as session:
        if text is None or not brand_exists(session, brand_id):
            raise NotFound
        drop_text(session, brand_id, text)
        target = f"brand:{brand_id}"
        record_audit(session, actor=user.actor, action="change_text", target=target, now=utc_now())
    flash(_("The neutral words hold again."), "success")
    return redirect(url_for("partner.texts", brand_id=brand_id), 303)


def _words_now(brand: Brand, place: BrandText) -> str:
    """The brand's text at exactly this place, else the neutral words to start from."""
    for text in brand.texts:
        if _place(text) == _place(place):
            return text.body
    is_open = place.hours is not Hours.OUT_OF_HOURS
    occasion = Occasion(place.kind, place.channel, place.language, is_open)
    return neutral_text(occasion, place.language) or ""


def _place(text: BrandText) -> tuple[TextKind, TextChannel, str, Hours, Tone]:
    return text.kind, text.channel, text.language, text.hours, text.tone


def _page(brand_id: int, typed: TextForm | None, errors: dict[str, str]) -> str:
    with database().transaction(signed_in_user().tenant_id) as session:
        face = brand_words(session, brand_id)
    return render_template(
        "partner/texts.html",
        face=face,
        form=typed or TextForm.opened(face),
        errors=errors,
        placeholders=", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
        kind_options=_options(KIND_WORDS),
        channel_options=_options(CHANNEL_WORDS),
        hours_options=_options(HOURS_WORDS),
        tone_options=_options(TONE_WORDS),
        kind_words=KIND_WORDS,
        text_channel_words=CHANNEL_WORDS,
        hours_words=HOURS_WORDS,
        tone_words=TONE_WORDS,
        language_words=LANGUAGES,
    )


def _options(words: Mapping[Any, Any]) -> list[tuple[str, Any]]:
    """A closed set as a select takes it."""
    return [(member.value, word) for member, word in words.items()]
