"""Counters that protect an account or a source, counted in one statement."""

from datetime import datetime, timedelta

from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.access.models import Throttle


def throttle(session: Session, key: str, *, limit: int, window_s: int, now: datetime) -> bool:
    """Count one try, and whether it is within `limit` tries in `window_s` seconds.

    `key`: from `tokens.throttle_key`. The transaction must commit also when the try fails.
    """
    is_over = Throttle.window_started_at <= now - timedelta(seconds=window_s)
    counted = session.execute(
        insert(Throttle)
        .values(key=key, window_started_at=now, count=1)
        .on_conflict_do_update(
            index_elements=[Throttle.key],
            set_={
                "window_started_at": case((is_over, now), else_=Throttle.window_started_at),
                "count": case((is_over, 1), else_=Throttle.count + 1),
            },
        )
        .returning(Throttle.count)
    ).scalar_one()
    return counted <= limit


def lift_throttle(session: Session, key: str) -> None:
    """Begin to count anew, after a try that succeeded."""
    session.execute(delete(Throttle).where(Throttle.key == key))
