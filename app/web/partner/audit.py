"""What the partner's own people and ours did in the partner's name."""

from flask import render_template, request

from app.web.auth import permits, signed_in_user
from app.web.history import history
from app.web.numbers import whole_number
from app.web.partner import partner_pages
from app.web.services import database
from tenants.access.roles import Action


@partner_pages.get("/audit")
@permits(Action.SEE_AUDIT, Action.MANAGE_MEMBERS)
def audit() -> str:
    """The newest records of the partner's trail, and the state of its chain."""
    before = whole_number(request.args.get("before", ""))
    with database().transaction(signed_in_user().tenant_id) as session:
        shown = history(session, before=before, is_asked="check" in request.args)
    return render_template("partner/audit.html", history=shown)
