"""Where a partner's mail arrives, and the keys that sign what leaves in its name."""

from dataclasses import dataclass

from flask import flash, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.web.auth import permits, signed_in_user
from app.web.forms import UNPROCESSABLE, complaint, complaints, line
from app.web.numbers import whole_number
from app.web.office import office_pages
from app.web.office.partners import back_to_partner, partner_of, partner_page
from app.web.refusals import said
from app.web.services import database, services
from tenants.access.actions import record_audit
from tenants.access.roles import Action
from tenants.brands.actions import (
    ImapAccess,
    add_mailbox,
    add_polled_mailbox,
    add_sender_domain,
)
from tenants.directory.names import NameKind, spelled
from tenants.directory.queries import tenant
from tenants.errors import Refused

PORT_MAX = 65_535


@dataclass(frozen=True, slots=True)
class MailboxForm:
    """What the form of a new mailbox sends. `server`: "" for one that receives by SMTP."""

    brand_id: int | None
    address: str
    server: str
    port: int | None
    login: str
    password: str
    folder: str

    @classmethod
    def from_request(cls) -> "MailboxForm":
        """Read the form; the password as it was typed."""
        return cls(
            brand_id=whole_number(request.form.get("brand", "")),
            address=line("address"),
            server=line("server"),
            port=whole_number(line("port") or "993"),
            login=line("login"),
            password=request.form.get("mailbox_password", ""),
            folder=line("folder") or "INBOX",
        )

    def errors(self) -> dict[str, str]:
        """What is wrong, by field; empty when all is well."""
        found = {
            "brand": "" if self.brand_id else _("Choose a brand."),
            "address": complaint(spelled, NameKind.MAILBOX, self.address),
        }
        if self.server:
            found |= {
                "server": complaint(spelled, NameKind.HOST, self.server),
                "port": "" if 0 < (self.port or 0) <= PORT_MAX else _("Give a port, as 993."),
                "login": "" if self.login else _("Give the name to sign in with."),
                "mailbox_password": "" if self.password else _("Give the password."),
            }
        return complaints(found)

    def typed(self) -> dict[str, str]:
        """What is shown again when the form is refused; never the password."""
        return {
            "brand": str(self.brand_id or ""),
            "address": self.address,
            "server": self.server,
            "port": str(self.port or ""),
            "login": self.login,
            "folder": self.folder,
        }


@office_pages.post("/partners/<int:tenant_id>/mailboxes")
@permits(Action.MANAGE_INSTALLATION)
def add_partner_mailbox(tenant_id: int) -> Response | tuple[str, int]:
    """Add an address at which the partner's clients write."""
    form = MailboxForm.from_request()
    errors = form.errors()
    if errors:
        return partner_page(tenant_id, errors, typed=form.typed()), UNPROCESSABLE
    try:
        with database().transaction(tenant_id) as session:
            partner_of(tenant(session, tenant_id))
            mailbox_id = _add(session, form)
            _record(session, "add_mailbox", f"mailbox:{mailbox_id}")
    except Refused as refused:
        page = partner_page(tenant_id, {"address": said(refused)}, typed=form.typed())
        return page, UNPROCESSABLE
    flash(_("The mailbox is added."), "success")
    return back_to_partner(tenant_id)


@office_pages.post("/partners/<int:tenant_id>/domains")
@permits(Action.MANAGE_INSTALLATION)
def add_partner_domain(tenant_id: int) -> Response | tuple[str, int]:
    """Make the key that signs mail from a domain; its record is then shown to be published."""
    domain = line("domain")
    try:
        with database().transaction(tenant_id) as session:
            partner_of(tenant(session, tenant_id))
            add_sender_domain(session, domain, sealer=services().sealer)
            _record(session, "add_sender_domain", f"domain:{spelled(NameKind.HOST, domain)}")
    except Refused as refused:
        page = partner_page(tenant_id, {"domain": said(refused)}, typed={"domain": domain})
        return page, UNPROCESSABLE
    flash(
        _("The key is made. Publish its record, then mail from this domain is signed."), "success"
    )
    return back_to_partner(tenant_id)


def _add(session: Session, form: MailboxForm) -> int:
    assert form.brand_id is not None  # noqa: S101 - errors() was asked before
    if not form.server:
        return add_mailbox(session, form.brand_id, form.address)
    access = ImapAccess(
        host=form.server,
        login=form.login,
        password=form.password,
        port=form.port or 0,
        folder=form.folder,
    )
    return add_polled_mailbox(
        session, form.brand_id, form.address, access, sealer=services().sealer
    )


def _record(session: Session, action: str, target: str) -> None:
    by = signed_in_user().actor
    record_audit(session, actor=by, action=action, target=target, now=utc_now())
