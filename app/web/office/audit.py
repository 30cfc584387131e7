"""What the provider's own people did, and whether the record of it is whole."""

from flask import render_template, request

from app.web.auth import permits
from app.web.history import history
from app.web.numbers import whole_number
from app.web.office import office_pages
from app.web.services import database
from tenants.access.roles import Action
from tenants.database import HOUSE_ID


@office_pages.get("/audit")
@permits(Action.MANAGE_INSTALLATION, Action.SEE_AUDIT)
def audit() -> str:
    """The newest records of the provider's own trail, and the state of its chain."""
    before = whole_number(request.args.get("before", ""))
    with database().transaction(HOUSE_ID) as session:
        shown = history(session, before=before, is_asked="check" in request.args)
    return render_template("office/audit.html", history=shown)
