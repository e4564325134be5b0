"""What the radar writes down while it works: one line for each event, with what belongs to it.

The lines go through Python's own logging, under the name `radar`; until a command says where to, as Python does it.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

NAME = "radar"


class Log:
    """Writes down events, each with what belongs to it by name."""

    def __init__(self) -> None:
        self._logger = logging.getLogger(NAME)

    def info(self, event: str, /, **fields: object) -> None:
        """What went as it should."""
        self._logger.info(event, extra={"fields": fields})

    def warning(self, event: str, /, **fields: object) -> None:
        """What people should know."""
        self._logger.warning(event, extra={"fields": fields})

    def error(self, event: str, /, **fields: object) -> None:
        """What went wrong."""
        self._logger.error(event, extra={"fields": fields})

    def exception(self, event: str, /, **fields: object) -> None:
        """What went wrong in a way that nobody foresaw, with the fault that is being handled."""
        self._logger.error(event, exc_info=True, extra={"fields": fields})


def log() -> Log:
    """Where events are written down."""
    return Log()


class Line(logging.Formatter):
    """An event as one JSON object, or in a row that people read; moments in UTC."""

    def __init__(self, *, for_people: bool) -> None:
        super().__init__()
        self.for_people = for_people

    def format(self, record: logging.LogRecord) -> str:
        """Write one event."""
        fields: dict[str, object] = dict(getattr(record, "fields", {}))
        fault = self.formatException(record.exc_info) if record.exc_info else ""
        at, level = datetime.fromtimestamp(record.created, UTC), record.levelname.lower()
        if self.for_people:
            told = " ".join(f"{name}={value}" for name, value in fields.items())
            return f"{at:%Y-%m-%d %H:%M:%S} {level:<7} {record.getMessage()} {told}".rstrip() + (fault and f"\n{fault}")
        fields |= {"exception": fault} if fault else {}
        shown = {"timestamp": f"{at:%Y-%m-%dT%H:%M:%S.%fZ}", "level": level, "event": record.getMessage(), **fields}
        return json.dumps(shown, ensure_ascii=False, default=str)


def log_to_stderr(*, quiet: bool = False) -> None:
    """Write events to standard error: readable on a terminal, JSON elsewhere; `quiet`: errors only."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Line(for_people=sys.stderr.isatty()))
    logger = logging.getLogger(NAME)
    logger.handlers = [handler]
    logger.setLevel(logging.ERROR if quiet else logging.INFO)
