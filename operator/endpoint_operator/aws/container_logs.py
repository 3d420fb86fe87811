"""The last lines that a failed container wrote to CloudWatch Logs.

Sources: SageMaker Developer Guide, "CloudWatch Logs for Amazon SageMaker AI" (groups and streams of endpoints);
CloudWatch Logs API reference, DescribeLogStreams and GetLogEvents.
"""

import logging
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.planning.failed_container import FailedContainer
from endpoint_operator.planning.inputs.hidden_values import SHORTEST_HIDDEN_EVERYWHERE, without_values

log = logging.getLogger(__name__)

MOST_LINES = 20
MOST_BYTES = 2048
# As many as a traceback and what stands around it need; a container under health checks writes little else.
_EVENTS = 200
_STREAMS = 50  # DescribeLogStreams' maximum
# SageMaker's times and those of CloudWatch Logs are rounded differently.
_SLACK_MS = 1000
_HIDDEN = "***"
_ERROR = re.compile(r"error|exception|traceback|fatal|critical|fail|cannot|not found|no such|denied", re.IGNORECASE)
_HEALTH_CHECK = re.compile(r"\bGET /ping\b")


class ContainerLogs:
    """Two calls a failure, and one a model where values come from Secrets."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def last_lines(self, container: FailedContainer) -> tuple[str, ...]:
        """At most 20 lines of 2 KB in all, without environment values; none where they may not be read.

        A log is help and no need: whatever fails here, the failure of the container is told all the same.
        """
        try:
            hidden = [*container.plain_values, *(await self._hidden_values(container))]
            return last_error_lines(without(hidden, await self._messages(container)))
        except CallFailed as error:
            log.debug("no log of the failed container: %s", error)
            return ()

    async def _messages(self, container: FailedContainer) -> list[str]:
        group = f"/aws/sagemaker/Endpoints/{container.endpoint_name}"
        stream = await self._newest_stream(group, container)
        if stream is None:
            return []
        answer = await self._calls.call(
            "logs", "get_log_events", logGroupName=group, logStreamName=stream, limit=_EVENTS, startFromHead=False
        )
        return [str(event.get("message", "")) for event in answer.get("events") or ()]

    async def _newest_stream(self, group: str, container: FailedContainer) -> str | None:
        """Of the fleet that failed: made after the change began, which the streams of a fleet that serves are not."""
        answer = await self._calls.call(
            "logs",
            "describe_log_streams",
            logGroupName=group,
            orderBy="LastEventTime",
            descending=True,
            limit=_STREAMS,
        )
        begun = datetime.fromisoformat(container.since).timestamp() * 1000 - _SLACK_MS
        streams = [
            (int(item.get("creationTime", 0)), str(item["logStreamName"]))
            for item in answer.get("logStreams") or ()
            if _is_of(container, item["logStreamName"]) and item.get("creationTime", 0) >= begun
        ]
        return max(streams)[1] if streams else None

    async def _hidden_values(self, container: FailedContainer) -> list[str]:
        """Values that came from Secrets and ConfigMaps: the operator keeps none, the models hold them."""
        if not container.has_hidden_values:
            return []
        values: list[str] = []
        for name in container.model_names:
            model = await self._calls.call("sagemaker", "describe_model", ModelName=name)
            for definition in [model.get("PrimaryContainer") or {}, *(model.get("Containers") or ())]:
                values.extend((definition.get("Environment") or {}).values())
        return values


def _is_of(container: FailedContainer, stream: str) -> bool:
    """Streams are called VARIANT/INSTANCE, and of one of several containers VARIANT/INSTANCE/CONTAINER."""
    if not stream.startswith(f"{container.variant}/"):
        return False
    return container.container is None or stream.endswith(f"/{container.container}")


def last_error_lines(messages: Sequence[str]) -> tuple[str, ...]:
    """The end of a log up to its last line that speaks of an error; all of its end where none does."""
    lines = [line.rstrip() for message in messages for line in message.splitlines()]
    lines = [line for line in lines if line.strip() and not _HEALTH_CHECK.search(line)]
    errors = [index for index, line in enumerate(lines) if _ERROR.search(line)]
    told = lines[: errors[-1] + 1] if errors else lines
    return _bounded(told[-MOST_LINES:])


def without(values: Iterable[str], messages: Sequence[str]) -> tuple[str, ...]:
    """The messages with every environment value hidden.

    Not those of a few letters, most of which are no secret here: a traceback is full of "1" and "no".
    """
    long = {value for value in values if len(value) >= SHORTEST_HIDDEN_EVERYWHERE}
    return tuple(without_values(message, long, mark=_HIDDEN) for message in messages)


def _bounded(lines: Sequence[str]) -> tuple[str, ...]:
    """The last lines that fit; a line that is too long by itself keeps its beginning."""
    kept: list[str] = []
    left = MOST_BYTES
    for line in reversed(lines):
        size = len(line.encode()) + 1
        if size > left:
            if not kept:
                kept.append(line.encode()[:left].decode(errors="ignore"))
            break
        kept.append(line)
        left -= size
    return tuple(reversed(kept))
