"""The present instant; read by pages, jobs and commands only, once, and handed down."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)
