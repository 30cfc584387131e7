"""The partners: all of them, and one with its brands, mailboxes, operators and people."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.web.auth import permits, signed_in_user
from app.web.forms import UNPROCESSABLE, chosen, line
from app.web.numbers import whole_number
from app.web.office import office_pages
from app.web.people import PersonForm, add_person, invited_page, person_options, person_words
from app.web.refusals import said
from app.web.services import database
from billing.queries import subscriptions
from tenants.access import actions
from tenants.access.queries import users
from tenants.access.roles import TENANT_ROLES, Action, UserRole
from tenants.brands.domain_record import record_name
from tenants.brands.queries import brands, mailboxes, signing_keys
from tenants.database import HOUSE_ID
from tenants.directory.actions import change_tenant_state
from tenants.directory.models import TenantState
from tenants.directory.queries import PARTNER_ROWS, TenantRow, partners_page, tenant
from tenants.errors import NotFound, Refused

MEMBER_ROLES = tuple(role for role in UserRole if role in TENANT_ROLES)
TENANT_STATE_WORDS: dict[TenantState, Any] = {
    TenantState.ONBOARDING: _l("being set up"),
    TenantState.ACTIVE: _l("active"),
    TenantState.LEFT: _l("left"),
}
TENANT_STATE_TONES: dict[TenantState, str] = {
    TenantState.ONBOARDING: "soon",
    TenantState.ACTIVE: "ok",
    TenantState.LEFT: "muted",
}


@office_pages.get("/")
@permits(Action.MANAGE_INSTALLATION)
def home() -> str:
    """The partners by name, a page at a time."""
    after = request.args.get("after")
    with database().across_tenants() as session:
        partners = partners_page(session, after=after)
    is_full = len(partners) == PARTNER_ROWS
    return render_template(
        "office/partners.html",
        partners=partners,
        next_url=url_for("office.home", after=partners[-1].slug) if is_full else "",
        state_words=TENANT_STATE_WORDS,
        state_tones=TENANT_STATE_TONES,
    )


@office_pages.get("/partners/<int:tenant_id>")
@permits(Action.MANAGE_INSTALLATION)
def partner(tenant_id: int) -> str:
    """One partner, whole."""
    return partner_page(tenant_id, {})


@office_pages.post("/partners/<int:tenant_id>/state")
@permits(Action.MANAGE_INSTALLATION)
def change_partner_state(tenant_id: int) -> Response:
    """Begin the work for a partner, or end it."""
    state = chosen(TenantState, line("state"))
    with database().transaction(tenant_id) as session:
        found = partner_of(tenant(session, tenant_id))
        if state is None:
            raise Refused(_("Choose what the partner is now."))
        change_tenant_state(session, found.id, state)
        actions.record_audit(
            session,
            actor=signed_in_user().actor,
            action="change_tenant_state",
            target=f"tenant:{found.id}",
            now=utc_now(),
            details={"before": found.state.value, "after": state.value},
        )
    flash(_("Saved."), "success")
    return back_to_partner(tenant_id)


@office_pages.post("/partners/<int:tenant_id>/operators")
@permits(Action.MANAGE_INSTALLATION, Action.MANAGE_STAFF)
def add_operator(tenant_id: int) -> Response | tuple[str, int]:
    """Let one of ours answer for the partner, at once."""
    operator_id = whole_number(request.form.get("operator", ""))
    if operator_id is None:
        return partner_page(tenant_id, {"operator": _("Choose a person.")}), UNPROCESSABLE
    with database().transaction(HOUSE_ID) as session:
        by = signed_in_user().actor
        actions.assign_operator(session, operator_id, tenant_id, by=by, now=utc_now())
    flash(_("Assigned."), "success")
    return back_to_partner(tenant_id)


@office_pages.post("/partners/<int:tenant_id>/operators/<int:user_id>/end")
@permits(Action.MANAGE_INSTALLATION, Action.MANAGE_STAFF)
def end_operator(tenant_id: int, user_id: int) -> Response:
    """Take the partner away from one of ours, in the same second."""
    with database().transaction(HOUSE_ID) as session:
        by = signed_in_user().actor
        actions.end_assignment(session, user_id, tenant_id, by=by, now=utc_now())
    flash(_("The assignment has ended."), "success")
    return back_to_partner(tenant_id)


@office_pages.post("/partners/<int:tenant_id>/members")
@permits(Action.MANAGE_INSTALLATION)
def add_partner_member(tenant_id: int) -> str | tuple[str, int]:
    """Add one of the partner's people, as the first of them has nobody else to do it."""
    form = PersonForm.from_request()
    errors = form.errors(MEMBER_ROLES)
    if errors:
        return partner_page(tenant_id, errors, person=form), UNPROCESSABLE
    try:
        with database().transaction(tenant_id) as session:
            partner_of(tenant(session, tenant_id))
            link = add_person(session, form, now=utc_now())
    except Refused as refused:
        return partner_page(tenant_id, {"email": said(refused)}, person=form), UNPROCESSABLE
    back_url = url_for("office.partner", tenant_id=tenant_id)
    return invited_page(form.name, link, back_url=back_url)


def partner_of(found: TenantRow | None) -> TenantRow:
    """`found`, when it is a partner. Raises NotFound for nothing and for the provider itself."""
    if found is None or found.id == HOUSE_ID:
        raise NotFound
    return found


def back_to_partner(tenant_id: int) -> Response:
    """To the partner's page, after a change."""
    return redirect(url_for("office.partner", tenant_id=tenant_id), 303)


def partner_page(
    tenant_id: int,
    errors: dict[str, str],
    *,
    person: PersonForm | None = None,
    typed: dict[str, str] | None = None,
) -> str:
    """The partner's page; `errors` and what was typed belong to the form that was refused."""
    with database().transaction(tenant_id) as session:
        found = partner_of(tenant(session, tenant_id))
        faces = brands(session)
        content = {
            "brands": faces,
            "brand_options": [(brand.id, brand.name) for brand in faces],
            "mailboxes": mailboxes(session),
            "domains": [(record_name(k.domain, k.selector), k) for k in signing_keys(session)],
            "plan": next(iter(subscriptions(session)), None),
            "members": users(session),
        }
    with database().transaction(HOUSE_ID) as session:
        ours = users(session)
    return render_template(
        "office/partner.html",
        partner=found,
        operators=[each for each in ours if found.id in each.assigned],
        others=[(each.id, each.name) for each in ours if found.id not in each.assigned],
        errors=errors,
        form=person or PersonForm.empty(UserRole.TENANT_ADMINISTRATOR),
        typed=typed or {},
        tenant_state_words=TENANT_STATE_WORDS,
        tenant_state_tones=TENANT_STATE_TONES,
        tenant_states=[(state.value, word) for state, word in TENANT_STATE_WORDS.items()],
        **person_options(MEMBER_ROLES),
        **person_words(),
        **content,
    )
