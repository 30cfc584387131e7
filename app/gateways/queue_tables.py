"""The tables of the job queue, as far as they are used here; Procrastinate's own schema makes them.

Apart from the models: the queue belongs to no tenant, and no migration of ours changes its shape.
"""

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

_METADATA = MetaData()

JOBS = Table(
    "procrastinate_jobs",
    _METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("queue_name", Text),
    Column("task_name", Text),
    Column("lock", Text),
    Column("queueing_lock", Text),
    Column("args", JSONB),
    Column("status", Text),
    Column("scheduled_at", DateTime(timezone=True)),
    Column("attempts", Integer),
    Column("worker_id", BigInteger),
)
EVENTS = Table(
    "procrastinate_events",
    _METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("job_id", BigInteger),
    Column("type", Text),
    Column("at", DateTime(timezone=True)),
)
WORKERS = Table(
    "procrastinate_workers",
    _METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("last_heartbeat", DateTime(timezone=True)),
)
PERIODIC_DEFERS = Table(
    "procrastinate_periodic_defers",
    _METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("task_name", Text),
    Column("defer_timestamp", BigInteger),
    Column("job_id", BigInteger),
)
