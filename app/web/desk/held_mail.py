"""Held mail: what the intake did not let through, why, and one click to let it."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.flows.release_held_mail import discard_held_mail, release_held_mail
from app.inbox.queries import held_mails
from app.web.auth import permits, signed_in_user
from app.web.desk import desk_pages
from app.web.desk.place import served
from app.web.services import database
from tenants.access.roles import Action


@desk_pages.get("/held-mail")
@permits(Action.RELEASE_HELD_MAIL)
def held_mail() -> str:
    """All that is held, newest first, over the tenants this operator answers for."""
    with database().desk_reading(signed_in_user().served_tenant_ids) as session:
        held = held_mails(session)
    return render_template("desk/held_mail.html", held=held)


@desk_pages.post("/held-mail/<int:tenant_id>/<int:raw_mail_id>/release")
@permits(Action.RELEASE_HELD_MAIL)
def release(tenant_id: int, raw_mail_id: int) -> Response:
    """Let the mail in: it becomes a ticket or joins one, as if it had been expected."""
    with database().transaction(served(tenant_id)) as session:
        release_held_mail(session, raw_mail_id, by=signed_in_user().actor, now=utc_now())
    flash(_("Released. It becomes a ticket within seconds."), "success")
    return redirect(url_for("desk.held_mail"), 303)


@desk_pages.post("/held-mail/<int:tenant_id>/<int:raw_mail_id>/discard")
@permits(Action.RELEASE_HELD_MAIL)
def discard(tenant_id: int, raw_mail_id: int) -> Response:
    """Throw the mail away; the raw copy stays for the retention time."""
    with database().transaction(served(tenant_id)) as session:
        discard_held_mail(session, raw_mail_id, by=signed_in_user().actor, now=utc_now())
    flash(_("Discarded. Nobody was answered."), "success")
    return redirect(url_for("desk.held_mail"), 303)
