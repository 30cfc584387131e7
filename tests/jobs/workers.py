"""Workers as they really run: processes of their own, on the database of the tests."""

import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from config import child_environment

ROOT = Path(__file__).parents[2]
END_S = 30
LOOK_S = 0.1


@contextmanager
def a_worker(config):
    """A process of `flask jobs`; killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "jobs"],
        cwd=ROOT,
        env=child_environment(
            APP_ENV="test",
            SECRET_KEY=config.secret_key,
            ENCRYPTION_KEYS=" ".join(key.hex() for key in config.encryption_keys),
            DATABASE_URL=config.database_url,
            VAR_DIR=str(config.var),
            PUBLIC_BASE_URL=config.public_base_url,
        ),
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def eventually(found, *, within_s):
    """What `found()` gives once it gives something. Fails after `within_s`."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if value := found():
            return value
        time.sleep(LOOK_S)
    raise AssertionError(f"nothing came within {within_s} s")
