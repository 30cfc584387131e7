"""Jobs of a worker that was killed are given to another, or put on the shelf of failed ones."""

import logging

from app.gateways.queue_state import fail_stalled, retry_stalled, stalled_jobs
from app.jobs import ATTEMPTS, TASKS
from app.services import Services

log = logging.getLogger(__name__)

SILENT_S = 20  # a worker that said nothing for so long is dead: it speaks every 5 s


def rescue_jobs(services: Services) -> None:
    """Take back the jobs of dead workers. A job that keeps killing its worker is given up."""
    attempts = {task.name: task.attempts for task in TASKS}
    with services.database.across_tenants() as session:
        for job in stalled_jobs(session, silent_s=SILENT_S):
            is_last = job.attempts + 1 >= attempts.get(job.task_name, ATTEMPTS)
            taken = fail_stalled(session, job.id) if is_last else retry_stalled(session, job.id)
            if taken:
                log.warning("job rescued", extra={"job_id": job.id, "task": job.task_name})
