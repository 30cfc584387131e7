"""Sign-in: one form, the same answer and the same time for known and unknown addresses."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.web.account import account_pages
from app.web.auth import HOME, WebUser, public
from app.web.refusals import said
from app.web.services import database, services
from app.web.site import current_site
from tenants.access import actions
from tenants.access.passwords import is_right_password
from tenants.access.queries import (
    Credentials,
    credentials,
    find_login,
    is_open_invitation,
    session_user,
)
from tenants.access.sign_in import may_sign_in_at, needs_second_factor
from tenants.access.tokens import login_digest, throttle_key, token_owner
from tenants.database import HOUSE_ID
from tenants.errors import NotFound, Refused

WINDOW_S = 15 * 60
TRIES_PER_LOGIN = 10
TRIES_PER_SOURCE = 60
UNPROCESSABLE = 422
TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class SignInForm:
    """What the sign-in form sends. `next`: a path of ours to return to."""

    login: str
    password: str
    next: str

    @classmethod
    def from_request(cls) -> "SignInForm":
        """Read the form."""
        form = request.form
        return cls(
            form.get("login", "").strip(), form.get("password", ""), own_path(form.get("next"))
        )


@account_pages.get("/sign-in")
@public
def sign_in() -> Response | str:
    """The form; whoever is in already goes to their home."""
    if current_user.is_authenticated:
        return redirect(url_for("account.home"))
    return _form(SignInForm("", "", own_path(request.args.get("next"))))


@account_pages.post("/sign-in")
@public
def try_sign_in() -> Response | tuple[str, int]:
    """Check the form; nobody learns whether it was the address or the password."""
    form = SignInForm.from_request()
    if not _within_limits(form.login):
        return _form(form, _("Too many tries. Wait 15 minutes and try again.")), TOO_MANY
    found = _credentials(form.login)
    is_right = is_right_password(form.password, found.password_hash if found else None)
    if found is None or not is_right or not found.is_active:
        return _form(form, _("This address and password do not belong together.")), UNPROCESSABLE
    _begin(found)
    return redirect(form.next or url_for("account.home"), 303)


@account_pages.get("/home")
@public
def home() -> Response:
    """To the page where this person's work begins."""
    if not current_user.is_authenticated:
        return redirect(url_for("account.sign_in"))
    return redirect(url_for(HOME[current_user.role]))


@account_pages.post("/sign-out")
@public
def sign_out() -> Response:
    """End this browser's session on the server, not only in the browser."""
    if current_user.is_authenticated:
        with database().transaction(current_user.tenant_id) as db_session:
            actions.end_session(db_session, current_user.id)
    logout_user()
    session.clear()
    return redirect(url_for("account.sign_in"), 303)


@account_pages.get("/invitations/<token>")
@public
def password_by_link(token: str) -> str:
    """The form behind a single-use link; looking does not use it up."""
    with database().transaction(_owner(token)) as db_session:
        if not is_open_invitation(db_session, token, now=utc_now()):
            raise NotFound
    return render_template("account/set_password.html", token=token, errors=[])


@account_pages.post("/invitations/<token>")
@public
def set_password_by_link(token: str) -> Response | tuple[str, int]:
    """Set the password; the link is used up and all sessions end."""
    password = request.form.get("password", "")
    try:
        with database().transaction(_owner(token)) as db_session:
            actions.accept_invitation(db_session, token, password, now=utc_now())
    except Refused as refused:
        errors = [("password", said(refused))]
        page = render_template("account/set_password.html", token=token, errors=errors)
        return page, UNPROCESSABLE
    flash(_("The password is set. Sign in with it."), "success")
    return redirect(url_for("account.sign_in"), 303)


def browser() -> actions.Browser:
    """From where this request comes."""
    agent = request.headers.get("User-Agent", "")
    return actions.Browser(current_site_host(), agent, request.remote_addr or "")


def current_site_host() -> str:
    """The host name of this request, without a port."""
    return request.host.rsplit(":", 1)[0].lower()


def remember(tenant_id: int, token: str) -> None:
    """Give this browser `token`; the cookie's old content is dropped."""
    with database().transaction(tenant_id) as db_session:
        signed_in = session_user(db_session, token, now=utc_now())
    if signed_in is None:
        raise NotFound
    session.clear()
    login_user(WebUser(token, signed_in))


def own_path(text: str | None) -> str:
    """`text` if it is a path on this host, else nothing: no redirect leaves the house."""
    path = text or ""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_own else ""


def _begin(found: Credentials) -> None:
    """Begin a session; it is complete unless a second factor is still to come."""
    production = services().config.is_production
    owes_factor = found.has_second_factor or (production and needs_second_factor(found.role))
    with database().transaction(found.tenant_id) as db_session:
        token = actions.start_session(
            db_session, found.user_id, browser(), is_complete=not owes_factor, now=utc_now()
        )
    remember(found.tenant_id, token)


def _within_limits(login: str) -> bool:
    """Count the try against the account and against the source, before anything is compared."""
    secret, now = services().config.secret_key, utc_now()
    account = throttle_key("login", login, secret=secret)
    source = throttle_key("source", request.remote_addr or "", secret=secret)
    with database().directory() as db_session:
        account_ok = actions.throttle(
            db_session, account, limit=TRIES_PER_LOGIN, window_s=WINDOW_S, now=now
        )
        source_ok = actions.throttle(
            db_session, source, limit=TRIES_PER_SOURCE, window_s=WINDOW_S, now=now
        )
    return account_ok and source_ok


def _credentials(login: str) -> Credentials | None:
    """What the try is checked against; an unknown address costs the same statements."""
    digest = login_digest(login, secret=services().config.secret_key)
    with database().directory() as db_session:
        place = find_login(db_session, digest)
    if place and not may_sign_in_at(place.tenant_id, host_owner=current_site().tenant_id):
        place = None
    with database().transaction(place.tenant_id if place else HOUSE_ID) as db_session:
        return credentials(db_session, place.user_id if place else None)


def _owner(token: str) -> int:
    owner = token_owner(token)
    if owner is None:
        raise NotFound
    return owner


def _form(form: SignInForm, error: str = "") -> str:
    errors = [("login", error)] if error else []
    return render_template("account/sign_in.html", login=form.login, next=form.next, errors=errors)
