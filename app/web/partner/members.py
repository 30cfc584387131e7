"""The partner's own people: who they are and what they may do."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.web.auth import permits, signed_in_user
from app.web.forms import UNPROCESSABLE, chosen, line
from app.web.partner import partner_pages
from app.web.people import (
    PersonForm,
    add_person,
    another_person,
    invite_again,
    invited_page,
    person_options,
    person_words,
)
from app.web.refusals import said
from app.web.services import database
from tenants.access import actions
from tenants.access.models import UserState
from tenants.access.queries import user, users
from tenants.access.roles import Action, UserRole
from tenants.errors import Refused

ROLES = (UserRole.VIEWER, UserRole.ENGINEER, UserRole.TENANT_ADMINISTRATOR)


@partner_pages.get("/members")
@permits(Action.MANAGE_MEMBERS)
def members() -> str:
    """Everybody, and the form for somebody new."""
    return _page(PersonForm.empty(UserRole.VIEWER), {})


@partner_pages.post("/members")
@permits(Action.MANAGE_MEMBERS)
def add_member() -> str | tuple[str, int]:
    """Add a person; their invitation link is shown this once, and mailed where mail can leave."""
    form = PersonForm.from_request()
    errors = form.errors(ROLES)
    if errors:
        return _page(form, errors), UNPROCESSABLE
    try:
        with database().transaction(signed_in_user().tenant_id) as session:
            link = add_person(session, form, now=utc_now())
    except Refused as refused:
        return _page(form, {"email": said(refused)}), UNPROCESSABLE
    return invited_page(form.name, link, back_url=url_for("partner.members"))


@partner_pages.get("/members/<int:user_id>")
@permits(Action.MANAGE_MEMBERS)
def member(user_id: int) -> str:
    """One person: role and way in."""
    reader = signed_in_user()
    with database().transaction(reader.tenant_id) as session:
        person = user(session, user_id)
    return render_template(
        "partner/member.html",
        person=person,
        is_oneself=person.id == reader.user_id,
        **person_options(ROLES),
        **person_words(),
    )


@partner_pages.post("/members/<int:user_id>/role")
@permits(Action.MANAGE_MEMBERS)
def change_member_role(user_id: int) -> Response:
    """Give somebody another role; they sign in anew."""
    reader = signed_in_user()
    with database().transaction(reader.tenant_id) as session:
        person = another_person(session, user_id)
        role = chosen(UserRole, line("role"))
        if role is None:
            raise Refused(_("Choose a role."))
        actions.change_role(session, person.id, role, by=reader.actor, now=utc_now())
    flash(_("The role is changed."), "success")
    return _back_to(user_id)


@partner_pages.post("/members/<int:user_id>/exclusion")
@permits(Action.MANAGE_MEMBERS)
def shut_out_member(user_id: int) -> Response:
    """End somebody's sign-ins at once and let them in no more."""
    reader = signed_in_user()
    with database().transaction(reader.tenant_id) as session:
        person = another_person(session, user_id)
        actions.change_state(session, person.id, UserState.DISABLED, by=reader.actor, now=utc_now())
    flash(_("Shut out, everywhere."), "success")
    return _back_to(user_id)


@partner_pages.post("/members/<int:user_id>/invitation")
@permits(Action.MANAGE_MEMBERS)
def invite_member(user_id: int) -> str:
    """A fresh link to choose a password; older ones stop working."""
    with database().transaction(signed_in_user().tenant_id) as session:
        person = another_person(session, user_id)
        link = invite_again(session, person, now=utc_now())
    back_url = url_for("partner.member", user_id=user_id)
    return invited_page(person.name, link, back_url=back_url)


@partner_pages.post("/members/<int:user_id>/second-factor/removal")
@permits(Action.MANAGE_MEMBERS)
def remove_member_factor(user_id: int) -> Response:
    """Do without somebody's second factor, after the loss of a telephone."""
    reader = signed_in_user()
    with database().transaction(reader.tenant_id) as session:
        person = another_person(session, user_id)
        actions.remove_totp(session, person.id, by=reader.actor, now=utc_now())
        actions.end_all_sessions(session, person.id)
    flash(_("The second factor is removed; a new one is set up at the next sign-in."), "success")
    return _back_to(user_id)


def _back_to(user_id: int) -> Response:
    return redirect(url_for("partner.member", user_id=user_id), 303)


def _page(form: PersonForm, errors: dict[str, str]) -> str:
    with database().transaction(signed_in_user().tenant_id) as session:
        people = users(session)
    return render_template(
        "partner/members.html",
        people=people,
        form=form,
        errors=errors,
        **person_options(ROLES),
        **person_words(),
    )
