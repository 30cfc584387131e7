"""What `/metrics` counts: the work behind the pages, asked for when somebody looks.

The names say what is counted and not whose product it is: partners' hosts answer too.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from app.clock import utc_now
from app.deadlines.queries import late_deadlines
from app.gateways.queue_state import oldest_waiting, queue_figures, workers_alive
from tenants.database import Database

LATE_AFTER = timedelta(seconds=60)
SILENT_AFTER = timedelta(seconds=30)


class WorkFigures(Collector):
    """Queues, workers and deadlines over all tenants; without a database only that it is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures of this moment, in one transaction."""
        now = utc_now()
        try:
            families = self._families(now)
        except SQLAlchemyError:
            families = []
        yield GaugeMetricFamily(
            "desk_database_up", "Whether the database answers.", value=int(bool(families))
        )
        yield from families

    def _families(self, now: datetime) -> list[GaugeMetricFamily]:
        jobs = GaugeMetricFamily(
            "desk_jobs", "Jobs that are not done, by queue and status.", labels=["queue", "status"]
        )
        with self._database.across_tenants() as session:
            for row in queue_figures(session):
                jobs.add_metric([row.queue, row.status], row.jobs)
            since = oldest_waiting(session, now=now)
            late = late_deadlines(session, before=now - LATE_AFTER)
            workers = workers_alive(session, since=now - SILENT_AFTER)
        waiting_s = (now - since).total_seconds() if since else 0.0
        return [
            jobs,
            GaugeMetricFamily(
                "desk_oldest_job_seconds", "How long the oldest job has waited.", value=waiting_s
            ),
            GaugeMetricFamily(
                "desk_deadlines_late", "Deadlines past by a minute and not noticed.", value=late
            ),
            GaugeMetricFamily("desk_workers_alive", "Lanes of workers that spoke.", value=workers),
        ]
