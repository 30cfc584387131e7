"""The second factor: asked for at sign-in, enrolled from one's own settings."""

import base64
import io

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.web.account import account_pages
from app.web.account.sign_in import TOO_MANY, UNPROCESSABLE, WINDOW_S, remember
from app.web.auth import public, signed_in_user
from app.web.refusals import said
from app.web.services import database, services
from app.web.site import PRODUCT, current_site
from tenants.access import actions
from tenants.access.tokens import throttle_key
from tenants.access.totp import enrolment_uri
from tenants.errors import Refused

TRIES_PER_PERSON = 8


@account_pages.get("/second-factor")
@public
def second_factor() -> Response | str:
    """Ask for a code; whoever owes one but has none enrols first."""
    if not current_user.is_authenticated:
        return redirect(url_for("account.sign_in"))
    if current_user.signed_in.is_complete:
        return redirect(url_for("account.home"))
    if not current_user.signed_in.has_second_factor:
        return redirect(url_for("account.totp"))
    return render_template("account/second_factor.html", errors=[])


@account_pages.post("/second-factor")
@public
def try_second_factor() -> Response | tuple[str, int]:
    """Take a code or a recovery code; each opens once. The session gets a new identity."""
    if not current_user.is_authenticated:
        return redirect(url_for("account.sign_in"), 303)
    if not current_user.signed_in.has_second_factor:  # a key that is only shown opens nothing
        return redirect(url_for("account.totp"), 303)
    if not _within_limits():
        return _again(_("Too many tries. Wait 15 minutes and try again.")), TOO_MANY
    user, now = signed_in_user(), utc_now()
    code = request.form.get("code", "").strip()
    with database().transaction(user.tenant_id) as session:
        is_right = actions.take_totp(
            session, user.user_id, code, sealer=services().sealer, now=now
        ) or actions.take_recovery_code(session, user.user_id, code, now=now)
        token = actions.complete_session(session, user.id, now=now) if is_right else None
    if token is None:
        return _again(_("This code is not right, or it was used already.")), UNPROCESSABLE
    remember(user.tenant_id, token)
    return redirect(url_for("account.home"), 303)


@account_pages.get("/account/second-factor")
@public
def totp() -> Response | str:
    """Show a fresh key to scan; it counts only once a first code came back."""
    if not current_user.is_authenticated:
        return redirect(url_for("account.sign_in"))
    return _enrolment()


@account_pages.post("/account/second-factor")
@public
def confirm_totp() -> Response | str | tuple[str, int]:
    """Put the second factor in force; the recovery codes are shown this once."""
    if not current_user.is_authenticated:
        return redirect(url_for("account.sign_in"), 303)
    if not _within_limits():
        return _again(_("Too many tries. Wait 15 minutes and try again.")), TOO_MANY
    user, now = signed_in_user(), utc_now()
    try:
        with database().transaction(user.tenant_id) as session:
            codes = actions.confirm_totp(
                session,
                user.user_id,
                request.form.get("code", "").strip(),
                sealer=services().sealer,
                now=now,
            )
            token = actions.complete_session(session, user.id, now=now)
    except Refused as refused:
        return _enrolment([("code", said(refused))]), UNPROCESSABLE
    remember(user.tenant_id, token)
    return render_template("account/totp.html", codes=codes)


def _enrolment(errors: list[tuple[str, str]] | None = None) -> str:
    user = signed_in_user()
    with database().transaction(user.tenant_id) as session:
        secret = actions.begin_totp(session, user.user_id, sealer=services().sealer)
    brand = current_site().brand
    uri = enrolment_uri(
        secret, account=user.signed_in.email, issuer=brand.name if brand else PRODUCT
    )
    return render_template(
        "account/totp.html", codes=(), secret=secret, picture=_picture(uri), errors=errors or []
    )


def _picture(uri: str) -> str:
    """The key as a picture to scan, inside the page: it is fetched from nowhere."""
    import segno  # noqa: PLC0415 - only enrolment pays for it

    buffer = io.BytesIO()
    segno.make(uri).save(buffer, kind="png", scale=5)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _within_limits() -> bool:
    user = signed_in_user()
    key = throttle_key(
        "code", f"{user.tenant_id}.{user.user_id}", secret=services().config.secret_key
    )
    with database().directory() as session:
        return actions.throttle(
            session, key, limit=TRIES_PER_PERSON, window_s=WINDOW_S, now=utc_now()
        )


def _again(error: str) -> str:
    return render_template("account/second_factor.html", errors=[("code", error)])
