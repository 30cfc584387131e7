"""What the office's page of staff and a partner's page of members share: forms, words, links."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.flows.person_to_invitation import Invitee, Inviter, person_to_invitation
from app.web.auth import signed_in_user
from app.web.forms import chosen, complaint, complaints, line
from app.web.localization import LANGUAGES
from app.web.services import services
from app.web.site import PRODUCT, brand_base_url, current_site
from app.web.words import ROLE_WORDS
from tenants.access import actions
from tenants.access.models import UserState
from tenants.access.queries import UserRow, user
from tenants.access.roles import UserRole
from tenants.brands.queries import brands
from tenants.database import HOUSE_ID, acting_tenant
from tenants.directory.languages import known_language
from tenants.directory.names import NameKind, spelled
from tenants.errors import Refused
from tenants.promises.service_hours import zone_named

NAME_MAX = 120

USER_STATE_WORDS: dict[UserState, Any] = {
    UserState.INVITED: _l("invited"),
    UserState.ACTIVE: _l("active"),
    UserState.DISABLED: _l("shut out"),
}
USER_STATE_TONES: dict[UserState, str] = {
    UserState.INVITED: "soon",
    UserState.ACTIVE: "ok",
    UserState.DISABLED: "muted",
}


@dataclass(frozen=True, slots=True)
class PersonForm:
    """What the form of a new person sends, as typed. `role`: the value of a UserRole."""

    email: str
    name: str
    role: str
    language: str
    zone: str

    @classmethod
    def empty(cls, role: UserRole) -> "PersonForm":
        """The form as it opens: language and zone of whoever fills it in."""
        reader = signed_in_user().signed_in
        return cls("", "", role.value, reader.language, reader.zone)

    @classmethod
    def from_request(cls) -> "PersonForm":
        """Read the form."""
        return cls(line("email"), line("name"), line("role"), line("language"), line("zone"))

    def errors(self, roles: Iterable[UserRole]) -> dict[str, str]:
        """What is wrong, by field; empty when all is well."""
        return complaints(
            {
                "email": complaint(spelled, NameKind.MAILBOX, self.email),
                "name": _name_error(self.name),
                "role": "" if chosen(UserRole, self.role) in set(roles) else _("Choose a role."),
                "language": complaint(known_language, self.language),
                "zone": complaint(zone_named, self.zone),
            }
        )


def add_person(session: Session, form: PersonForm, *, now: datetime) -> str:
    """The invitation link of a new person of the session's tenant.

    Raises Refused where the address signs in already.
    """
    by = signed_in_user().actor
    new = actions.NewUser(form.email, form.name, UserRole(form.role), form.language, form.zone)
    user_id = actions.add_user(session, new, by=by, secret=services().config.secret_key, now=now)
    email = spelled(NameKind.MAILBOX, form.email)
    person = Invitee(user_id, email, form.name, form.language, form.zone)
    return person_to_invitation(session, person, inviter=inviter(session), by=by, now=now)


def invite_again(session: Session, person: UserRow, *, now: datetime) -> str:
    """A fresh link for a person of the session's tenant, also for one who was shut out."""
    reader = signed_in_user()
    if person.state is UserState.DISABLED:
        actions.change_state(session, person.id, UserState.INVITED, by=reader.actor, now=now)
    invitee = Invitee(person.id, person.email, person.name, person.language, person.zone)
    return person_to_invitation(
        session, invitee, inviter=inviter(session), by=reader.actor, now=now
    )


def another_person(session: Session, user_id: int) -> UserRow:
    """A person other than oneself: nobody takes their own way in. Raises Refused, NotFound."""
    found, reader = user(session, user_id), signed_in_user()
    if (reader.tenant_id, reader.user_id) == (acting_tenant(session), user_id):
        raise Refused(_("You cannot do this to yourself; ask another administrator."))
    return found


def inviter(session: Session) -> Inviter:
    """In whose name the people of the session's tenant are invited."""
    config, site = services().config, current_site()
    if acting_tenant(session) == HOUSE_ID:
        return Inviter(config.public_base_url, PRODUCT, _house_address(config.public_host), None)
    brand = site.brand or next(iter(brands(session)), None)
    if brand is None:
        return Inviter(config.public_base_url, PRODUCT, None, None)
    base_url = brand_base_url(brand.portal_host)
    return Inviter(base_url, brand.name, brand.sender_address, brand.id)


def invited_page(name: str, link: str, *, back_url: str) -> str:
    """The page that shows a link, once."""
    return render_template("people/invited.html", name=name, link=link, back_url=back_url)


def person_options(roles: Iterable[UserRole]) -> dict[str, Any]:
    """What the form of a new person offers."""
    return {
        "roles": [(role.value, ROLE_WORDS[role]) for role in roles],
        "languages": list(LANGUAGES.items()),
    }


def person_words() -> dict[str, Any]:
    """Words for tables of people."""
    return {
        "role_words": ROLE_WORDS,
        "state_words": USER_STATE_WORDS,
        "state_tones": USER_STATE_TONES,
    }


def _name_error(name: str) -> str:
    if not name:
        return str(_("Write the name."))
    return str(_("At most %(most)s characters.", most=NAME_MAX)) if len(name) > NAME_MAX else ""


def _house_address(host: str) -> str | None:
    """From where the provider writes; None where its host is no domain of mail."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return f"no-reply@{host}" if "." in host else None
    return None
