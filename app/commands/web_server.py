"""How gunicorn serves the application: `gunicorn -c python:app.commands.web_server wsgi:app`.

One server for pages and streams alike; docs/decisions/0002-one-web-server.md says why.
"""

import gc

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from app.web.services import EXTENSION

wsgi_app = "wsgi:app"
bind = "127.0.0.1:8000"
worker_class = "gthread"
workers = 2
threads = 64  # each open page of an operator holds one, through its stream of signals
preload_app = True  # what was loaded once is shared by the workers
timeout = 60
graceful_timeout = 8  # streams never end by themselves, and nobody waits longer for a stop
keepalive = 5
loglevel = "warning"
control_socket_disable = True


def when_ready(_server: Arbiter) -> None:
    """Move what is loaded out of the collector's sight, so that its pages stay shared."""
    gc.collect()
    gc.freeze()


def post_fork(server: Arbiter, _worker: Worker) -> None:
    """Forget connections that the parent may have opened: two processes cannot share one."""
    server.app.wsgi().extensions[EXTENSION].database.dispose()
