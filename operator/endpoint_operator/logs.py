"""Logs as JSON lines: time, level, sentence, object, revision, and only then the rest."""

import logging
import sys
from typing import Any

from pythonjsonlogger.json import JsonFormatter

# Not where it calls us: what fails there is our fault.
_WHERE_KOPF_STREAMS = ("kopf._cogs.clients.", "kopf._core.reactor.orchestration", "kopf._core.reactor.running")


class _SetFieldsOnly(JsonFormatter):
    """Leaves out what a line has nothing to say about."""

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in log_data.items() if value not in (None, "")}


def _a_lost_stream_is_no_error(record: logging.LogRecord) -> bool:
    """kopf calls it an error, trace and all, when the API server leaves a request unanswered or refuses it.

    It is sent again a moment later, or it ends the watch, which is begun anew and says so itself.
    """
    if record.levelno == logging.ERROR and record.name.startswith(_WHERE_KOPF_STREAMS):
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        record.exc_info = None
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
    handler.addFilter(_a_lost_stream_is_no_error)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("kopf._core.reactor.running").setLevel(logging.ERROR)  # signals are ours, not kopf's
    for quiet in ("kopf", "botocore", "boto3", "urllib3", "asyncio", "aiohttp.access"):
        logging.getLogger(quiet).setLevel(max(logging.WARNING, logging.getLevelName(level)))
