"""How long `make soak` is: MINUTES, shared by its tests."""

from config import environment_value

DEFAULT_MINUTES = "60"


def seconds_of(share: float) -> float:
    """The seconds that a test with `share` of all the time has."""
    return float(environment_value("MINUTES") or DEFAULT_MINUTES) * 60 * share
