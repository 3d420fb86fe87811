"""Logs as JSON lines: time, level, sentence, object, revision, and only then the rest."""

import logging
import sys

from pythonjsonlogger.json import JsonFormatter


def log_as_json(level: str) -> None:
    """Every logger of the process writes JSON to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter(
            ["asctime", "levelname", "message", "object", "revision", "reason", "name"],
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            datefmt="%Y-%m-%dT%H:%M:%S%z",
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for quiet in ("kopf", "botocore", "boto3", "urllib3", "asyncio", "aiohttp.access"):
        logging.getLogger(quiet).setLevel(max(logging.WARNING, logging.getLevelName(level)))
