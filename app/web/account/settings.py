"""One's own settings: language and look, password, where one is signed in."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.web.account import account_pages
from app.web.account.sign_in import UNPROCESSABLE, browser, remember
from app.web.auth import permits, signed_in_user
from app.web.localization import LANGUAGES
from app.web.refusals import said
from app.web.services import database
from tenants.access import actions
from tenants.access.passwords import is_right_password
from tenants.access.queries import browsers, credentials
from tenants.access.roles import Action
from tenants.errors import Refused


@account_pages.get("/account")
@permits(Action.SEE_OWN_ACCOUNT)
def account() -> str:
    """One's own page."""
    return _page([])


@account_pages.post("/account/look")
@permits(Action.SEE_OWN_ACCOUNT)
def change_look() -> Response | tuple[str, int]:
    """Keep language, zone and colours."""
    user, form = signed_in_user(), request.form
    try:
        with database().transaction(user.tenant_id) as session:
            actions.change_settings(
                session,
                user.user_id,
                name=user.name,
                language=form.get("language", ""),
                zone=form.get("zone", "").strip(),
                theme=form.get("theme", ""),
            )
    except Refused as refused:
        return _page([("zone", said(refused))]), UNPROCESSABLE
    flash(_("Saved."), "success")
    return redirect(url_for("account.account"), 303)


@account_pages.post("/account/password")
@permits(Action.SEE_OWN_ACCOUNT)
def change_password() -> Response | tuple[str, int]:
    """Change the password; every other browser is signed out, this one gets a new session."""
    user, now = signed_in_user(), utc_now()
    with database().transaction(user.tenant_id) as session:
        kept = credentials(session, user.user_id)
    if kept is None or not is_right_password(request.form.get("current", ""), kept.password_hash):
        return _page([("current", _("The present password is not right."))]), UNPROCESSABLE
    try:
        with database().transaction(user.tenant_id) as session:
            new = request.form.get("password", "")
            actions.set_password(session, user.user_id, new, by=user.actor, now=now)
            token = actions.start_session(
                session, user.user_id, browser(), is_complete=True, now=now
            )
    except Refused as refused:
        return _page([("password", said(refused))]), UNPROCESSABLE
    remember(user.tenant_id, token)
    flash(_("The password is changed; other browsers are signed out."), "success")
    return redirect(url_for("account.account"), 303)


@account_pages.post("/account/sessions/end")
@permits(Action.SEE_OWN_ACCOUNT)
def end_other_sessions() -> Response:
    """Sign every other browser out; this one gets a new session."""
    user, now = signed_in_user(), utc_now()
    with database().transaction(user.tenant_id) as session:
        actions.end_all_sessions(session, user.user_id)
        token = actions.start_session(session, user.user_id, browser(), is_complete=True, now=now)
    remember(user.tenant_id, token)
    flash(_("Signed out everywhere else."), "success")
    return redirect(url_for("account.account"), 303)


def _page(errors: list[tuple[str, str]]) -> str:
    user = signed_in_user()
    with database().transaction(user.tenant_id) as session:
        found = browsers(session, user.user_id)
    return render_template(
        "account/account.html",
        signed_in=user.signed_in,
        has_totp=user.signed_in.has_second_factor,
        sessions=found,
        languages=list(LANGUAGES.items()),
        errors=errors,
    )
