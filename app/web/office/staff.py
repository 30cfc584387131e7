"""The provider's own people: who they are, what they may do, whom they answer for."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.web.auth import permits, signed_in_user
from app.web.forms import UNPROCESSABLE, chosen, line
from app.web.numbers import whole_number
from app.web.office import office_pages
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
from tenants.database import HOUSE_ID
from tenants.directory.queries import all_tenants
from tenants.errors import Refused

ROLES = (
    UserRole.OPERATOR,
    UserRole.SUPERVISOR,
    UserRole.PROVIDER_ADMINISTRATOR,
    UserRole.BILLING_CLERK,
)


@office_pages.get("/staff")
@permits(Action.MANAGE_STAFF)
def staff() -> str:
    """Everybody, and the form for somebody new."""
    return _page(PersonForm.empty(UserRole.OPERATOR), {})


@office_pages.post("/staff")
@permits(Action.MANAGE_STAFF)
def add_staff() -> str | tuple[str, int]:
    """Add a person; their invitation link is shown this once, and mailed where mail can leave."""
    form = PersonForm.from_request()
    errors = form.errors(ROLES)
    if errors:
        return _page(form, errors), UNPROCESSABLE
    try:
        with database().transaction(HOUSE_ID) as session:
            link = add_person(session, form, now=utc_now())
    except Refused as refused:
        return _page(form, {"email": said(refused)}), UNPROCESSABLE
    return invited_page(form.name, link, back_url=url_for("office.staff"))


@office_pages.get("/staff/<int:user_id>")
@permits(Action.MANAGE_STAFF)
def staff_member(user_id: int) -> str:
    """One person: role, way in, and the partners they answer for."""
    with database().transaction(HOUSE_ID) as session:
        person = user(session, user_id)
    with database().across_tenants() as session:
        partners = all_tenants(session)
    return render_template(
        "office/staff_member.html",
        person=person,
        is_oneself=person.id == signed_in_user().user_id,
        served=[each for each in partners if each.id in person.assigned],
        unserved=[(each.id, each.name) for each in partners if each.id not in person.assigned],
        **person_options(ROLES),
        **person_words(),
    )


@office_pages.post("/staff/<int:user_id>/role")
@permits(Action.MANAGE_STAFF)
def change_staff_role(user_id: int) -> Response:
    """Give somebody another role; they sign in anew."""
    with database().transaction(HOUSE_ID) as session:
        person = another_person(session, user_id)
        role = chosen(UserRole, line("role"))
        if role is None:
            raise Refused(_("Choose a role."))
        by = signed_in_user().actor
        actions.change_role(session, person.id, role, by=by, now=utc_now())
    flash(_("The role is changed."), "success")
    return _back_to(user_id)


@office_pages.post("/staff/<int:user_id>/exclusion")
@permits(Action.MANAGE_STAFF)
def shut_out_staff(user_id: int) -> Response:
    """End somebody's sign-ins at once and let them in no more."""
    with database().transaction(HOUSE_ID) as session:
        person, by = another_person(session, user_id), signed_in_user().actor
        actions.change_state(session, person.id, UserState.DISABLED, by=by, now=utc_now())
    flash(_("Shut out, everywhere."), "success")
    return _back_to(user_id)


@office_pages.post("/staff/<int:user_id>/invitation")
@permits(Action.MANAGE_STAFF)
def invite_staff(user_id: int) -> str:
    """A fresh link to choose a password; older ones stop working."""
    with database().transaction(HOUSE_ID) as session:
        person = another_person(session, user_id)
        link = invite_again(session, person, now=utc_now())
    back_url = url_for("office.staff_member", user_id=user_id)
    return invited_page(person.name, link, back_url=back_url)


@office_pages.post("/staff/<int:user_id>/second-factor/removal")
@permits(Action.MANAGE_STAFF)
def remove_staff_factor(user_id: int) -> Response:
    """Do without somebody's second factor, after the loss of a telephone."""
    with database().transaction(HOUSE_ID) as session:
        person, by = another_person(session, user_id), signed_in_user().actor
        actions.remove_totp(session, person.id, by=by, now=utc_now())
        actions.end_all_sessions(session, person.id)
    flash(_("The second factor is removed; a new one is set up at the next sign-in."), "success")
    return _back_to(user_id)


@office_pages.post("/staff/<int:user_id>/assignments")
@permits(Action.MANAGE_STAFF)
def assign(user_id: int) -> Response:
    """Let somebody answer for a partner, at once."""
    served = whole_number(request.form.get("partner", ""))
    with database().transaction(HOUSE_ID) as session:
        user(session, user_id)
        if served is None:
            raise Refused(_("Choose a partner."))
        by = signed_in_user().actor
        actions.assign_operator(session, user_id, served, by=by, now=utc_now())
    flash(_("Assigned."), "success")
    return _back_to(user_id)


@office_pages.post("/staff/<int:user_id>/assignments/<int:tenant_id>/end")
@permits(Action.MANAGE_STAFF)
def end_assignment(user_id: int, tenant_id: int) -> Response:
    """Take a partner away from somebody, in the same second."""
    with database().transaction(HOUSE_ID) as session:
        user(session, user_id)
        by = signed_in_user().actor
        actions.end_assignment(session, user_id, tenant_id, by=by, now=utc_now())
    flash(_("The assignment has ended."), "success")
    return _back_to(user_id)


def _back_to(user_id: int) -> Response:
    return redirect(url_for("office.staff_member", user_id=user_id), 303)


def _page(form: PersonForm, errors: dict[str, str]) -> str:
    with database().transaction(HOUSE_ID) as session:
        people = users(session)
    return render_template(
        "office/staff.html",
        people=people,
        form=form,
        errors=errors,
        **person_options(ROLES),
        **person_words(),
    )
