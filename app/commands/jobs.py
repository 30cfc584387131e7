"""`flask jobs`: the worker and, beside it, the watcher of deadlines."""

import threading

import click
from flask.cli import with_appcontext

from app.commands.exits import Command
from app.jobs.watch_deadlines import watch_deadlines
from app.jobs.worker import run_worker
from app.web.services import services

WATCHER_ENDS_S = 5.0


def register(cli: click.Group) -> None:
    """Add this module's command."""
    cli.add_command(jobs_command)


@click.command("jobs", cls=Command)
@with_appcontext
def jobs_command() -> None:
    """Run jobs and watch deadlines until told to stop; the jobs that run are finished first."""
    held = services()
    stopping = threading.Event()
    watcher = threading.Thread(
        target=watch_deadlines, args=(held.database, stopping), name="watcher", daemon=True
    )
    watcher.start()
    try:
        run_worker(held)
    finally:
        stopping.set()
        watcher.join(WATCHER_ENDS_S)
        held.parsing.close()
