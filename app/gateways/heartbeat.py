"""A sign of life for whoever watches from outside: when it stays out, they raise the alarm."""

import urllib.error
import urllib.request
from urllib.parse import urlsplit

from tenants.errors import GatewayError

TIMEOUT_S = 5


def beat(url: str) -> None:
    """Call `url` once; what it answers does not matter beyond its status. Raises GatewayError."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise GatewayError("HEARTBEAT_URL must begin with http:// or https://", permanent=True)
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:  # noqa: S310 - checked above
            answer.read(1)
    except urllib.error.HTTPError as refusal:
        refusal.close()
        raise GatewayError("the heartbeat was refused", permanent=False) from None
    except OSError as error:  # URLError is one
        raise GatewayError("the heartbeat was not heard", permanent=False) from error
