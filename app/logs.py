"""Structured logs: facts and ids, one JSON object a line; no bodies, numbers, names or secrets."""

import json
import logging
import re
import sys
from datetime import UTC, datetime

STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """One JSON object a line; line breaks inside values cannot forge another line."""

    def format(self, record: logging.LogRecord) -> str:
        """`record` as JSON with its extra facts."""
        facts = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        facts |= {key: value for key, value in record.__dict__.items() if key not in STANDARD}
        if record.exc_info:
            facts["exception"] = self.formatException(record.exc_info)
        return _one_line(json.dumps(facts, default=str, ensure_ascii=False))


def _one_line(text: str) -> str:
    """JSON escapes what ends a line in ASCII; readers of logs know three signs more."""
    return re.sub("[\x85\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", text)


def configure_logging() -> None:
    """Send everything to standard error as JSON; safe to call again."""
    root = logging.getLogger()
    if any(isinstance(handler.formatter, JsonFormatter) for handler in root.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
