"""Metrics of AWS/SageMaker for each container of several, with the dimension ContainerName beside the variant's.

"Metrics for multi-container endpoints with direct invocation" and "Inference Pipeline Logs and Metrics" in the
SageMaker Developer Guide: ContainerLatency for both, counts of invocations where containers are invoked directly.
"""

from collections.abc import Iterator

from sagemaker_simulator.hosting.contract import PRIMARY, Leg
from sagemaker_simulator.runtime.observers import FinishedInvocation

from .books import Books, Metric
from .invocation_metrics import NAMESPACE

_MICROSECONDS = 1_000_000.0


class ContainerMetrics:
    """Told of every finished invocation; the only container of a model has no metrics of its own."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def invocation_finished(self, invocation: FinishedInvocation) -> None:
        for leg in invocation.legs:
            if leg.container != PRIMARY:
                self._emit(invocation, leg)

    def _emit(self, invocation: FinishedInvocation, leg: Leg) -> None:
        dimensions = {
            "EndpointName": invocation.endpoint,
            "VariantName": invocation.variant,
            "ContainerName": leg.container,
        }
        for name, value, unit in _datapoints(leg, direct=invocation.target_container is not None):
            self._books.emit(
                Metric.of(NAMESPACE, name, dimensions),
                [value],
                account=invocation.account,
                region=invocation.region,
                unit=unit,
            )


def _datapoints(leg: Leg, *, direct: bool) -> Iterator[tuple[str, float, str]]:
    """Yield name, value and unit."""
    yield "ContainerLatency", round(leg.seconds * _MICROSECONDS), "Microseconds"
    if direct:
        status = leg.status or 0
        yield "Invocations", 1.0, "None"
        yield "Invocation4XXErrors", float(400 <= status < 500), "None"
        yield "Invocation5XXErrors", float(status >= 500), "None"
