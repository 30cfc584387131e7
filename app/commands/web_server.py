"""How gunicorn serves the application: `gunicorn -c python:app.commands.web_server wsgi:app`.

One server for pages and streams alike; docs/decisions/0002-one-web-server.md says why.
"""

import contextlib
import ctypes
import gc
import signal
from types import FrameType

from gunicorn.arbiter import Arbiter
from gunicorn.http import wsgi
from gunicorn.workers.base import Worker

from app.web.services import EXTENSION
from app.web.signals import switchboard

wsgi_app = "wsgi:app"
bind = "127.0.0.1:8000"
worker_class = "gthread"
workers = 2
threads = 64  # each open page of an operator holds one, through its stream of signals
preload_app = True  # what was loaded once is shared by the workers
timeout = 60
graceful_timeout = 15  # what takes longer is work for a job
keepalive = 5
loglevel = "warning"
control_socket_disable = True

wsgi.SERVER = "web"  # what `Server:` says; partners' pages name no product

BIG_BLOCK = -3  # M_MMAP_THRESHOLD of malloc.h
BIG_BLOCK_BYTES = 1 << 20


def when_ready(_server: Arbiter) -> None:
    """Move what is loaded out of the collector's sight, so that its pages stay shared."""
    gc.collect()
    gc.freeze()


def post_fork(server: Arbiter, _worker: Worker) -> None:
    """Forget connections that the parent may have opened: two processes cannot share one."""
    _give_big_blocks_back()
    server.app.wsgi().extensions[EXTENSION].database.dispose()


def post_worker_init(worker: Worker) -> None:
    """Hang up the streams when the worker is told to end: they never end by themselves."""

    def end(number: int, frame: FrameType | None) -> None:
        switchboard.hang_up()
        worker.handle_exit(number, frame)

    signal.signal(signal.SIGTERM, end)
    signal.siginterrupt(signal.SIGTERM, False)  # noqa: FBT003 - the library's own form


def _give_big_blocks_back() -> None:
    """Return large blocks to the system when they are freed.

    Otherwise the C library learns from the 19 MB that checking a password takes to keep blocks of
    that size, and each thread that ever checked one holds them.
    """
    with contextlib.suppress(AttributeError):  # only glibc has it
        ctypes.CDLL(None).mallopt(BIG_BLOCK, BIG_BLOCK_BYTES)
