"""How the work behind the pages stands: what waits, what failed, and when the clock last asked."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.clock import utc_now
from app.gateways.queue_state import (
    QueueFigures,
    failed_jobs,
    oldest_waiting,
    queue_figures,
    run_again,
    scheduled_runs,
)
from app.web.auth import permits, signed_in_user
from app.web.office import office_pages
from app.web.services import database
from tenants.access.actions import record_audit
from tenants.access.roles import Action, may
from tenants.database import HOUSE_ID

JOB_WORDS: dict[str, Any] = {
    "todo": _l("waits"),
    "doing": _l("is being done"),
    "succeeded": _l("finished"),
    "failed": _l("failed"),
    "cancelled": _l("cancelled"),
    "aborted": _l("stopped"),
}
SHOWN = ("todo", "doing", "failed")


@office_pages.get("/jobs")
@permits(Action.SEE_JOBS)
def jobs() -> str:
    """Figures by queue, the shelf of failed jobs, every schedule with its last run."""
    now = utc_now()
    with database().across_tenants() as session:
        figures = queue_figures(session)
        waiting_since = oldest_waiting(session, now=now)
        failed = failed_jobs(session)
        runs = scheduled_runs(session)
    return render_template(
        "office/jobs.html",
        queues=_by_queue(figures),
        waits_s=int((now - waiting_since).total_seconds()) if waiting_since else None,
        failed=failed,
        runs=runs,
        job_words=JOB_WORDS,
        may_decide=may(signed_in_user().role, Action.MANAGE_INSTALLATION),
    )


@office_pages.post("/jobs/<int:job_id>/attempts")
@permits(Action.SEE_JOBS, Action.MANAGE_INSTALLATION)
def run_job_again(job_id: int) -> Response:
    """Put a failed job back in line."""
    with database().across_tenants() as session:
        run_again(session, job_id)
    with database().transaction(HOUSE_ID) as session:
        record_audit(
            session,
            actor=signed_in_user().actor,
            action="run_job_again",
            target=f"job:{job_id}",
            now=utc_now(),
        )
    flash(_("The job is in line again."), "success")
    return redirect(url_for("office.jobs"), 303)


def _by_queue(figures: list[QueueFigures]) -> list[tuple[str, list[int]]]:
    """Each queue with its numbers of waiting, running and failed jobs."""
    names = sorted({each.queue for each in figures})
    found = {(each.queue, each.status): each.jobs for each in figures}
    return [(name, [found.get((name, status), 0) for status in SHOWN]) for name in names]
