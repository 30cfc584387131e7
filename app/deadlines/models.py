"""Clock cycles, their pauses, and the instants at which something falls due."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from tenants.database import Base, TenantOwned


class ClockCycle(TenantOwned, Base):
    """One run of a clock with its own copy of the promise; a reopening starts the next."""

    __tablename__ = "clock_cycles"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "ticket_id"], ["tickets.tenant_id", "tickets.id"]),
        UniqueConstraint("tenant_id", "ticket_id", "kind", "number"),
    )

    ticket_id: Mapped[int]
    kind: Mapped[str]  # ClockKind
    number: Mapped[int]  # 1, 2 … per ticket and kind
    started_at: Mapped[datetime]
    target: Mapped[dict[str, Any] | None]  # Target as JSON; None: measured without a deadline
    calendar_id: Mapped[int]
    calendar_version: Mapped[int]
    service_level_id: Mapped[int]
    service_level_version: Mapped[int]
    why: Mapped[str]  # which service level, and why it matched
    due_at: Mapped[datetime | None]
    trace: Mapped[list[Any]]  # explains due_at line by line
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str]  # running, met, breached, superseded
    breached_at: Mapped[datetime | None]
    breach_reason: Mapped[str | None]


class ClockPause(TenantOwned, Base):
    """A span in which a cycle did not run, and why."""

    __tablename__ = "clock_pauses"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "cycle_id"], ["clock_cycles.tenant_id", "clock_cycles.id"]
        ),
        Index(None, "tenant_id", "cycle_id"),
    )

    cycle_id: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str]


class Deadline(TenantOwned, Base):
    """An instant at which a share of a target is used up; the watcher only asks what is past."""

    __tablename__ = "deadlines"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "ticket_id"], ["tickets.tenant_id", "tickets.id"]),
        UniqueConstraint("tenant_id", "ticket_id", "kind", "cycle", "threshold_pct"),
        Index("ix_deadlines_running", "due_at", postgresql_where=text("fired_at IS NULL")),
    )

    ticket_id: Mapped[int]
    kind: Mapped[str]  # ClockKind
    cycle: Mapped[int]
    threshold_pct: Mapped[int]  # 50, 75, 90 warn; 100 is the breach
    due_at: Mapped[datetime]
    fired_at: Mapped[datetime | None]
