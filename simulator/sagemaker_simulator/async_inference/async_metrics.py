"""Metrics of asynchronous endpoints, AWS/SageMaker.

"Alarms and logs for tracking metrics from asynchronous endpoints" in the SageMaker Developer Guide: those of the queue
carry EndpointName only, those of requests VariantName too. It writes InvocationsProcesssed with three s.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sagemaker_simulator.cloudwatch.books import Books, Metric

from .async_request import AsyncRequest, Ending, Result

_NAMESPACE: Final = "AWS/SageMaker"
_MILLISECONDS: Final = 1000.0
_MICROSECONDS: Final = 1_000_000.0
Datapoint = tuple[str, float, str]  # name, value, unit


@dataclass(kw_only=True)
class Took:
    """How long a request's stages took, None for those it did not come to: seconds, simulated for the first two."""

    in_backlog: float = 0.0
    in_all: float = 0.0
    download: float | None = None
    model: float | None = None
    upload: float | None = None
    status: int | None = None  # the container's answer


@dataclass(frozen=True, kw_only=True)
class QueueState:
    """A queue at the end of a minute; `oldest` is the age of the oldest request in simulated seconds."""

    backlog: int
    instances: int
    oldest: float | None


class AsyncMetrics:
    """Writes into CloudWatch's books."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def finished(self, request: AsyncRequest, result: Result, took: Took, *, variant: str) -> None:
        """Emit what there is to say of a request that has ended."""
        dimensions = {"EndpointName": request.endpoint, "VariantName": variant}
        for datapoint in (*_counts(result), *_durations(took), *_answer(took)):
            self._emit(request.account, request.region, dimensions, datapoint)

    def not_notified(self, request: AsyncRequest, *, variant: str) -> None:
        """Emit that the notification of a request could not be published."""
        dimensions = {"EndpointName": request.endpoint, "VariantName": variant}
        self._emit(request.account, request.region, dimensions, ("NotificationFailures", 1.0, "Count"))

    def minute(self, *, account: str, region: str, endpoint: str, state: QueueState) -> None:
        """Emit how an endpoint's queue stands.

        Without instances the backlog per instance is that of one: a target tracking policy scales out from zero once
        the backlog is above its target ("Autoscale an asynchronous endpoint", SageMaker Developer Guide).
        """
        stuck = state.backlog > 0 and state.instances == 0
        points: list[Datapoint] = [
            ("ApproximateBacklogSize", float(state.backlog), "Count"),
            ("ApproximateBacklogSizePerInstance", state.backlog / max(1, state.instances), "Count"),
            ("HasBacklogWithoutCapacity", float(stuck), "Count"),
        ]
        if state.oldest is not None:
            points.append(("ApproximateAgeOfOldestRequest", state.oldest, "Seconds"))
        for point in points:
            self._emit(account, region, {"EndpointName": endpoint}, point)

    def _emit(self, account: str, region: str, dimensions: dict[str, str], datapoint: Datapoint) -> None:
        name, value, unit = datapoint
        metric = Metric.of(_NAMESPACE, name, dimensions)
        self._books.emit(metric, [value], account=account, region=region, unit=unit)


def _counts(result: Result) -> Iterator[Datapoint]:
    yield "InvocationsProcesssed", 1.0, "Count"
    yield "InvocationFailures", float(not result.completed), "Count"
    yield "ExpiredRequests", float(result.ending is Ending.EXPIRED), "Count"
    yield "RequestDownloadFailures", float(result.ending is Ending.NOT_DOWNLOADED), "Count"
    yield "ResponseUploadFailures", float(result.ending is Ending.NOT_UPLOADED), "Count"


def _durations(took: Took) -> Iterator[Datapoint]:
    yield "TimeInBacklog", round(took.in_backlog * _MILLISECONDS), "Milliseconds"
    yield "TotalProcessingTime", round(took.in_all * _MILLISECONDS), "Milliseconds"
    stages = {"RequestDownloadLatency": took.download, "ModelLatency": took.model, "ResponseUploadLatency": took.upload}
    for name, seconds in stages.items():
        if seconds is not None:
            yield name, round(seconds * _MICROSECONDS), "Microseconds"


def _answer(took: Took) -> Iterator[Datapoint]:
    if took.status is not None:
        yield "Invocation4XXErrors", float(400 <= took.status < 500), "None"
        yield "Invocation5XXErrors", float(took.status >= 500), "None"
