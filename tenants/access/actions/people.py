"""People come, change their settings, and leave."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.access import passwords
from tenants.access.actions.audit import record_audit
from tenants.access.actions.sessions import end_all_sessions
from tenants.access.models import Login, User, UserState
from tenants.access.roles import UserRole, belongs_to
from tenants.access.tokens import login_digest
from tenants.database import acting_tenant
from tenants.directory.languages import known_language
from tenants.directory.names import NameKind, spelled
from tenants.errors import NotFound, Refused
from tenants.promises.service_hours import zone_named

THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class NewUser:
    """A person to add. `email`: the login; `zone`: IANA name."""

    email: str
    name: str
    role: UserRole
    language: str = "en"
    zone: str = "UTC"


def add_user(session: Session, request: NewUser, *, by: str, secret: str, now: datetime) -> int:
    """The id of a new person of the session's tenant, invited: without a password yet.

    `by`: the actor for the audit trail. `secret`: the key of the directory of logins. Raises
    Refused for a role of the other side, and for an address that signs in already, anywhere.
    """
    tenant_id = acting_tenant(session)
    if not belongs_to(request.role, tenant_id):
        raise Refused("Staff belong to the provider, and all other roles to a partner.")
    if not request.name.strip():
        raise Refused("A person needs a name.")
    user = User(
        tenant_id=tenant_id,
        email=spelled(NameKind.MAILBOX, request.email),
        name=request.name.strip(),
        role=request.role,
        state=UserState.INVITED,
        language=known_language(request.language),
        zone=zone_named(request.zone).key,
        theme=THEMES[0],
        created_at=now,
    )
    _claim_login(session, user, secret=secret)
    record_audit(
        session,
        actor=by,
        action="add_user",
        target=f"user:{user.id}",
        now=now,
        details={"role": user.role.value},
    )
    return user.id


def set_password(session: Session, user_id: int, password: str, *, by: str, now: datetime) -> None:
    """Give a person a password and let them in; all their sign-ins end.

    Raises Refused for a weak password or a disabled person, NotFound.
    """
    user = _user(session, user_id)
    if user.state is UserState.DISABLED:
        raise Refused("This person may not sign in.")
    passwords.check_password(password, own_words=(user.email.partition("@")[0], user.name))
    kept = passwords.hash_password(password, salt=secrets.token_bytes(passwords.SALT_LENGTH))
    _change(session, user_id, {"password_hash": kept, "state": UserState.ACTIVE})
    end_all_sessions(session, user_id)
    record_audit(session, actor=by, action="set_password", target=f"user:{user_id}", now=now)


def change_settings(
    session: Session, user_id: int, *, name: str, language: str, zone: str, theme: str
) -> None:
    """Keep how a person wants to see their pages. Raises Refused, NotFound."""
    if not name.strip():
        raise Refused("A person needs a name.")
    if theme not in THEMES:
        raise Refused("Choose the light or the dark look, or let the device choose.")
    settings = {
        "name": name.strip(),
        "language": known_language(language),
        "zone": zone_named(zone).key,
        "theme": theme,
    }
    _change(session, user_id, settings)


def change_role(session: Session, user_id: int, role: UserRole, *, by: str, now: datetime) -> None:
    """Give a person another role; they sign in anew. Raises Refused, NotFound."""
    if not belongs_to(role, acting_tenant(session)):
        raise Refused("Staff belong to the provider, and all other roles to a partner.")
    before = _user(session, user_id).role
    _change(session, user_id, {"role": role})
    end_all_sessions(session, user_id)
    record_audit(
        session,
        actor=by,
        action="change_role",
        target=f"user:{user_id}",
        now=now,
        details={"before": before.value, "after": role.value},
    )


def change_state(
    session: Session, user_id: int, state: UserState, *, by: str, now: datetime
) -> None:
    """Let a person in or shut them out, at once. Raises NotFound."""
    _change(session, user_id, {"state": state})
    end_all_sessions(session, user_id)
    record_audit(
        session,
        actor=by,
        action="change_state",
        target=f"user:{user_id}",
        now=now,
        details={"state": state.value},
    )


def _claim_login(session: Session, user: User, *, secret: str) -> None:
    digest = login_digest(user.email, secret=secret)
    if session.scalar(select(Login.owner_id).where(Login.login_digest == digest)) is not None:
        raise Refused("This address signs in already.")
    session.add(user)
    session.flush()  # the id, which the login points to
    claimed = session.execute(
        insert(Login)
        .values(login_digest=digest, owner_id=user.tenant_id, user_id=user.id)
        .on_conflict_do_nothing()
        .returning(Login.user_id)
    ).one_or_none()
    if claimed is None:
        raise Refused("This address signs in already.")


def _user(session: Session, user_id: int) -> User:
    user = session.scalar(
        select(User).where(User.tenant_id == acting_tenant(session), User.id == user_id)
    )
    if user is None:
        raise NotFound("There is no such person.")
    return user


def _change(session: Session, user_id: int, values: Mapping[str, object]) -> None:
    changed = session.execute(
        update(User)
        .where(User.tenant_id == acting_tenant(session), User.id == user_id)
        .values(values)
        .returning(User.id)
    ).one_or_none()
    if changed is None:
        raise NotFound("There is no such person.")
