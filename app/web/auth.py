"""Who is asking, and whether they may: every route says so with `@permits` or `@public`."""

import functools
import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import ParamSpec, TypeVar, cast

from flask import Flask, abort, g, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.web.services import database, services
from app.web.site import current_site
from tenants.access.actions import touch_session
from tenants.access.queries import session_user
from tenants.access.roles import Action, UserRole, may
from tenants.access.sign_in import SignedIn, may_sign_in_at
from tenants.access.tokens import token_owner

P = ParamSpec("P")
R = TypeVar("R")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_FIELD = "csrf_token"
CSRF_HEADER = "X-CSRF-Token"
TOUCH_AFTER = timedelta(minutes=1)


class WebUser(UserMixin):  # type: ignore[misc]
    """The signed-in person, as pages see them; `id` is the raw session token of this browser."""

    def __init__(self, token: str, signed_in: SignedIn) -> None:
        self.id = token
        self.signed_in = signed_in
        self.user_id = signed_in.user_id
        self.tenant_id = signed_in.tenant_id
        self.name = signed_in.name
        self.role = signed_in.role
        self.served_tenant_ids = signed_in.assigned
        self.actor = signed_in.actor


def permits(*actions: Action) -> Callable[[Callable[P, R]], Callable[P, R | Response]]:
    """Only signed-in people whose role holds every one of `actions` reach the view."""

    def decorate(view: Callable[P, R]) -> Callable[P, R | Response]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
            refusal = _refusal(actions)
            return view(*args, **kwargs) if refusal is None else refusal

        guarded.permitted_actions = actions  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Anybody reaches the view; what it shows is protected otherwise, as by a signed link."""
    view.permitted_actions = ()  # type: ignore[attr-defined]
    return view


def signed_in_user() -> WebUser:
    """The person of this request, inside a view that `permits`."""
    return cast("WebUser", current_user._get_current_object())  # noqa: SLF001 - Flask's own idiom


def settle_reader() -> None:
    """Whoever cannot be known now is a stranger: the page of an error must not fail itself."""
    try:
        bool(current_user.is_authenticated)
    except Exception:  # noqa: BLE001 - whatever it was, its page is being made
        become_stranger()


def become_stranger() -> None:
    """For this request: a page that says the database is away must not ask it who reads."""
    g._login_user = AnonymousUserMixin()  # noqa: SLF001 - where Flask-Login looks first


def csrf_token() -> str:
    """The token that every form of this browser carries."""
    if CSRF_FIELD not in session:
        session[CSRF_FIELD] = secrets.token_urlsafe(32)
    return str(session[CSRF_FIELD])


def refuse_forgery() -> None:
    """Before every change: the form's token must be this browser's, and the origin our own."""
    if request.method in SAFE_METHODS or getattr(_view(), "is_signed_otherwise", False):
        return
    origin = request.headers.get("Origin")
    if origin and origin != "null" and origin.partition("://")[2] != request.host:
        abort(403, _("The request came from another site."))
    given = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    kept = session.get(CSRF_FIELD, "")
    if not kept or not hmac.compare_digest(str(kept), given):
        abort(403, _("The page was open too long; go back, reload it and send again."))


def signed_otherwise(view: Callable[P, R]) -> Callable[P, R]:
    """The view checks a signature of its own, as hooks and one-click mail links do."""
    view.is_signed_otherwise = True  # type: ignore[attr-defined]
    return view


def init_auth(app: Flask) -> None:
    """Wire Flask-Login to our sign-in sessions, and the forgery check to every request."""
    manager = LoginManager()
    manager.session_protection = None  # sessions are rows: they end on the server
    manager.init_app(app)
    manager.user_loader(_load_user)
    app.before_request(refuse_forgery)
    app.jinja_env.globals["csrf_token"] = csrf_token


def link_signature(purpose: str, value: str) -> str:
    """A keyed hash for a link of ours; `purpose` keeps kinds of links apart."""
    key = services().config.secret_key.encode()
    return hmac.new(key, f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


def _view() -> object:
    from flask import current_app  # noqa: PLC0415

    return current_app.view_functions.get(request.endpoint or "")


def _refusal(actions: tuple[Action, ...]) -> Response | None:
    user = current_user
    if not user.is_authenticated:
        return _to_sign_in()
    if not user.signed_in.is_complete:
        return redirect(url_for("account.second_factor"))
    if not all(may(user.role, action) for action in actions):
        abort(403)
    return None


def _to_sign_in() -> Response:
    if request.headers.get("HX-Request"):
        return Response(status=401)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("account.sign_in", next=wanted))


def _load_user(token: str) -> WebUser | None:
    tenant_id = token_owner(token)
    if tenant_id is None or not may_sign_in_at(tenant_id, host_owner=current_site().tenant_id):
        return None
    now = utc_now()
    with database().transaction(tenant_id) as db_session:
        signed_in = session_user(db_session, token, now=now)
        if signed_in is not None and now - signed_in.seen_at > TOUCH_AFTER:
            touch_session(db_session, token, now=now)
    return None if signed_in is None else WebUser(token, signed_in)


HOME: dict[UserRole, str] = {
    UserRole.OPERATOR: "desk.queue",
    UserRole.SUPERVISOR: "desk.queue",
    UserRole.PROVIDER_ADMINISTRATOR: "office.home",
    UserRole.BILLING_CLERK: "office_billing.periods",
    UserRole.TENANT_ADMINISTRATOR: "partner.home",
    UserRole.ENGINEER: "partner.home",
    UserRole.VIEWER: "partner.home",
}
