"""Pooled connections are asked whether they still live, but only after a rest.

Apart from the sessions because it is about sockets: a server that was restarted must cost a round
trip and not a failed page, and a connection that answered a moment ago need not be asked.
"""

import time
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

RESTED_S = 1.0
_RETURNED = "returned_at_s"


def check_rested_connections(engine: Engine) -> None:
    """Let `engine` ping a connection that lay in its pool for RESTED_S, and replace a dead one."""
    event.listen(engine, "checkin", _returned)
    event.listen(engine, "checkout", _check(engine))


def _returned(_connection: object, record: Any) -> None:
    record.info[_RETURNED] = time.monotonic()


def _check(engine: Engine) -> Any:
    def check(connection: Any, record: Any, _proxy: object) -> None:
        rested_s = time.monotonic() - record.info.get(_RETURNED, time.monotonic())
        if rested_s >= RESTED_S and not _lives(engine, connection):
            raise DisconnectionError("a pooled connection had died")

    return check


def _lives(engine: Engine, connection: Any) -> bool:
    try:
        return bool(engine.dialect.do_ping(connection))
    except engine.dialect.loaded_dbapi.Error:
        return False
