"""One form, and a partner's clients can write: tenant, brand, mailbox, hours, targets, plan."""

from dataclasses import dataclass
from datetime import datetime

from flask import flash, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.flows.request_to_partner import PartnerRequest, request_to_partner
from app.web.auth import permits, signed_in_user
from app.web.forms import UNPROCESSABLE, complaint, complaints, line
from app.web.localization import LANGUAGES
from app.web.office import office_pages
from app.web.office.partners import back_to_partner
from app.web.refusals import said
from app.web.services import database
from billing.plans import OfferedPlan
from billing.queries import offered_plans
from tenants.access.roles import Action
from tenants.brands.colour import parse_colour
from tenants.brands.queries import brands
from tenants.database import HOUSE_ID
from tenants.directory.actions import NewTenant, add_tenant
from tenants.directory.languages import known_language
from tenants.directory.names import NameKind, spelled
from tenants.directory.queries import find_name, tenant_by_slug
from tenants.errors import Refused
from tenants.promises.service_hours import zone_named

NAME_MAX = 120
FIRST_COLOUR = "#1757c2"
# Names that exist once in the installation, by the field they are typed in.
CLAIMED = {"prefix": NameKind.PREFIX, "host": NameKind.HOST, "mailbox": NameKind.MAILBOX}


@dataclass(frozen=True, slots=True)
class PartnerForm:
    """What the form sends, as typed."""

    name: str = ""
    slug: str = ""
    prefix: str = ""
    zone: str = "UTC"
    language: str = "en"
    host: str = ""
    mailbox: str = ""
    colour: str = FIRST_COLOUR
    plan: str = ""

    @classmethod
    def from_request(cls) -> "PartnerForm":
        """Read the form."""
        return cls(**{field: line(field) for field in cls.__dataclass_fields__})

    def errors(self, plans: list[OfferedPlan]) -> dict[str, str]:
        """What is wrong, by field; empty when all is well. `plans`: those on offer."""
        is_offered = self.plan in {"", *(plan.slug for plan in plans)}
        return complaints(
            {
                "name": _name_error(self.name),
                "slug": complaint(spelled, NameKind.SLUG, self.slug),
                "prefix": complaint(spelled, NameKind.PREFIX, self.prefix),
                "zone": complaint(zone_named, self.zone),
                "language": complaint(known_language, self.language),
                "host": complaint(spelled, NameKind.HOST, self.host) if self.host else "",
                "mailbox": complaint(spelled, NameKind.MAILBOX, self.mailbox),
                "colour": complaint(parse_colour, self.colour),
                "plan": "" if is_offered else _("Choose a plan from the list."),
            }
        )

    def wanted(self) -> PartnerRequest:
        """The form as the flow takes it."""
        return PartnerRequest(
            slug=self.slug,
            name=self.name,
            prefix=self.prefix,
            zone=self.zone,
            language=self.language,
            host=self.host or None,
            mailbox=self.mailbox,
            colour=self.colour,
            plan=self.plan or None,
        )


@office_pages.get("/partners/new")
@permits(Action.MANAGE_INSTALLATION)
def new_partner() -> str:
    """The empty form."""
    reader = signed_in_user().signed_in
    form = PartnerForm(zone=reader.zone, language=reader.language)
    return _page(form, {}, _plans(utc_now()))


@office_pages.post("/partners/new")
@permits(Action.MANAGE_INSTALLATION)
def add_partner() -> Response | tuple[str, int]:
    """Make the partner; a form that was interrupted half way is sent again and goes on."""
    form, now = PartnerForm.from_request(), utc_now()
    plans = _plans(now)
    errors = form.errors(plans) or _taken(form)
    if errors:
        return _page(form, errors, plans), UNPROCESSABLE
    try:
        tenant_id = _new_or_unfinished(form, now)
        with database().transaction(tenant_id) as session:
            by = signed_in_user().actor
            request_to_partner(session, form.wanted(), by=by, now=now)
    except Refused as refused:
        return _page(form, {"slug": said(refused)}, plans), UNPROCESSABLE
    flash(_("The partner is ready: mail to its mailbox becomes tickets."), "success")
    return back_to_partner(tenant_id)


def _new_or_unfinished(form: PartnerForm, now: datetime) -> int:
    """A new tenant, or one without a brand that an interrupted form has left behind."""
    with database().across_tenants() as session:
        known = tenant_by_slug(session, form.slug)
        if known is None:
            new = NewTenant(form.slug, form.name, form.zone, form.language)
            return add_tenant(session, new, now=now)
    with database().transaction(known) as session:
        if known == HOUSE_ID or brands(session):
            raise Refused(_("There is a partner of this short name already."))
    return known


def _taken(form: PartnerForm) -> dict[str, str]:
    """Names that somebody else has, by field: said before anything is made."""
    typed = {field: getattr(form, field) for field in CLAIMED if getattr(form, field)}
    with database().directory() as session:
        ours = tenant_by_slug(session, form.slug)
        owners = {
            field: find_name(session, CLAIMED[field], spelled(CLAIMED[field], value))
            for field, value in typed.items()
        }
    return {
        field: _("“%(name)s” is already taken.", name=typed[field])
        for field, owner in owners.items()
        if owner is not None and owner.tenant_id != ours
    }


def _name_error(name: str) -> str:
    if not name:
        return str(_("A partner needs a name."))
    return str(_("At most %(most)s characters.", most=NAME_MAX)) if len(name) > NAME_MAX else ""


def _plans(now: datetime) -> list[OfferedPlan]:
    with database().transaction(HOUSE_ID) as session:
        return offered_plans(session, on=now.date())


def _page(form: PartnerForm, errors: dict[str, str], plans: list[OfferedPlan]) -> str:
    return render_template(
        "office/new_partner.html",
        form=form,
        errors=errors,
        plans=[("", _("None yet")), *((plan.slug, plan.name) for plan in plans)],
        languages=list(LANGUAGES.items()),
    )
