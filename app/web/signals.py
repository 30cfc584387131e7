"""Server-sent events: ids of what changed, never content; pages fetch the rest themselves.

One listener a process hears the database and hands each signal to the open streams. A stream holds
no database connection.
"""

import contextlib
import json
import logging
import queue
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from flask import Blueprint, Response, request
from sqlalchemy.engine import URL

from app.web.auth import permits, signed_in_user
from app.web.services import database
from tenants.access.roles import Action
from tenants.database import SIGNALS_CHANNEL, Role

log = logging.getLogger(__name__)
signal_pages = Blueprint("signals", __name__)

PING_S = 15.0
WAITING_MAX = 200  # a slow reader loses signals and is told to fetch anew
RECONNECT_S = 1.0
LIFETIME_S = 600.0  # the browser comes back, and its rights are looked at again
LISTEN_POLL_S = 5.0


@dataclass(eq=False)
class Stream:
    """One open page: whose it is, of which tenants it may hear, and what waits to be sent."""

    user: tuple[int, int]  # tenant and id
    tenant_ids: frozenset[int]
    waiting: queue.Queue[dict[str, Any]] = field(default_factory=lambda: queue.Queue(WAITING_MAX))
    has_lost: bool = False
    is_over: bool = False


class Switchboard:
    """Hears the database once a process and hands each signal to the streams that may hear it."""

    def __init__(self) -> None:
        self._streams: set[Stream] = set()
        self._lock = threading.Lock()
        self._listener: threading.Thread | None = None

    def open(self, stream: Stream, url: URL) -> None:
        """Add `stream`; the first one starts the listener (after the server has forked)."""
        with self._lock:
            self._streams.add(stream)
            if self._listener is None:
                self._listener = threading.Thread(
                    target=self._listen_forever, args=(url,), name="signals", daemon=True
                )
                self._listener.start()

    def close(self, stream: Stream) -> None:
        """Forget `stream`."""
        with self._lock:
            self._streams.discard(stream)

    def hand_out(self, payload: dict[str, Any]) -> None:
        """Give `payload` to each stream, cut down to the tenants it may hear of."""
        with self._lock:
            streams = tuple(self._streams)
        changed = tuple(payload.get("rights", ()))
        self._end(stream for stream in streams if stream.user == changed)
        for stream in streams:
            heard = heard_part(payload, stream.tenant_ids)
            if heard is None:
                continue
            try:
                stream.waiting.put_nowait(heard)
            except queue.Full:
                stream.has_lost = True

    def hang_up(self) -> None:
        """End every stream: the server stops, and the browsers find the next one."""
        with self._lock:
            streams = tuple(self._streams)
        self._end(streams)

    def _end(self, streams: Iterable[Stream]) -> None:
        """The browsers come back at once, and their rights are looked at again."""
        for stream in streams:
            stream.is_over = True
            with contextlib.suppress(queue.Full):  # then it is awake already
                stream.waiting.put_nowait({"stale": True})

    def _listen_forever(self, url: URL) -> None:
        while self._is_needed():
            try:
                self._listen(url)
            except psycopg.Error:
                log.warning("signals: the database is away")
                self._everybody_fetches_anew()
                time.sleep(RECONNECT_S)

    def _is_needed(self) -> bool:
        """Whether anybody still listens; the next stream starts another listener otherwise."""
        with self._lock:
            if not self._streams:
                self._listener = None
            return bool(self._streams)

    def _listen(self, url: URL) -> None:
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True, connect_timeout=5) as connection:
            connection.execute(f"LISTEN {SIGNALS_CHANNEL}")
            while self._streams:
                for notice in connection.notifies(timeout=LISTEN_POLL_S):
                    with contextlib.suppress(ValueError):
                        self.hand_out(json.loads(notice.payload))
                connection.execute("SELECT 1")  # a dead server is noticed within seconds

    def _everybody_fetches_anew(self) -> None:
        with self._lock:
            for stream in self._streams:
                stream.has_lost = True


def heard_part(payload: dict[str, Any], tenant_ids: frozenset[int]) -> dict[str, Any] | None:
    """What of `payload` may be heard by somebody of `tenant_ids`; None for nothing."""
    rows = [row for row in payload.get("rows", ()) if row[0] in tenant_ids]
    if not rows:
        return None
    heard = {key: value for key, value in payload.items() if key in {"ticket", "rev"}}
    return {"rows": rows, **heard}


switchboard = Switchboard()


@signal_pages.get("/signals")
@permits(Action.WORK_TICKETS)
def signals() -> Response:
    """The stream of one browser. A resumed one is told to fetch anew: ids are not kept."""
    user = signed_in_user()
    stream = Stream((user.tenant_id, user.user_id), frozenset(user.served_tenant_ids))
    stream.has_lost = "Last-Event-ID" in request.headers
    switchboard.open(stream, database().engine(Role.USER).url)
    return Response(
        _events(stream),
        mimetype="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _events(stream: Stream) -> Iterator[str]:
    ends_at = time.monotonic() + LIFETIME_S
    number = 0
    try:
        yield "retry: 1000\n\n: open\n\n"
        while not stream.is_over and time.monotonic() < ends_at:
            number += 1
            yield _next_event(stream, number)
    finally:
        switchboard.close(stream)


def _next_event(stream: Stream, number: int) -> str:
    if stream.has_lost:
        stream.has_lost = False
        return f'id: {number}\ndata: {{"stale": true}}\n\n'
    try:
        payload = stream.waiting.get(timeout=PING_S)
    except queue.Empty:
        return ": still here\n\n"
    return f"id: {number}\ndata: {json.dumps(payload)}\n\n"
