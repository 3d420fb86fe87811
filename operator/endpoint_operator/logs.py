"""Logs as JSON lines: time, level, sentence, object, revision, and only then the rest."""

import logging
import sys
from typing import Any

from pythonjsonlogger.json import JsonFormatter


class _SetFieldsOnly(JsonFormatter):
    """Leaves out what a line has nothing to say about."""

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in log_data.items() if value not in (None, "")}


def _retries_are_no_errors(record: logging.LogRecord) -> bool:
    """kopf calls it an error when the API server leaves a request unanswered that it sends again a moment later.

    What it does not get in all its tries ends the watch, which says so itself.
    """
    if record.levelno == logging.ERROR and record.name.startswith("kopf.") and "will retry" in record.getMessage():
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
    return True


def log_as_json(level: str) -> None:
    """Every logger of the process writes JSON to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _SetFieldsOnly(
            ["asctime", "levelname", "message", "object", "revision", "reason", "name"],
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            datefmt="%Y-%m-%dT%H:%M:%S%z",
            json_ensure_ascii=False,
        )
    )
    handler.addFilter(_retries_are_no_errors)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("kopf._core.reactor.running").setLevel(logging.ERROR)  # signals are ours, not kopf's
    for quiet in ("kopf", "botocore", "boto3", "urllib3", "asyncio", "aiohttp.access"):
        logging.getLogger(quiet).setLevel(max(logging.WARNING, logging.getLevelName(level)))
