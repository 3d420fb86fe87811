"""Metrics of AWS/SageMaker from real invocations of endpoints.

"Monitor Amazon SageMaker AI with Amazon CloudWatch" in the SageMaker Developer Guide. They carry EndpointName and
VariantName; while a deployment runs they are emitted once more with EndpointConfigName, by which the two fleets are
told apart. Nothing is emitted while there is no traffic: missing is not zero.
"""

from collections.abc import Iterator
from typing import Final

from sagemaker_simulator.runtime.observers import FinishedInvocation

from .books import STANDARD_RESOLUTION, Books, Metric

NAMESPACE: Final = "AWS/SageMaker"
_HIGH_RESOLUTION: Final = 10  # seconds, of ConcurrentRequestsPerModel


class InvocationMetrics:
    """Told of every finished invocation."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def invocation_finished(self, invocation: FinishedInvocation) -> None:
        dimensions = {"EndpointName": invocation.endpoint, "VariantName": invocation.variant}
        self._emit(invocation, dimensions)
        if invocation.deploying:
            self._emit(invocation, {**dimensions, "EndpointConfigName": invocation.endpoint_config})

    def _emit(self, invocation: FinishedInvocation, dimensions: dict[str, str]) -> None:
        for name, value, unit, resolution in _datapoints(invocation):
            self._books.emit(
                Metric.of(NAMESPACE, name, dimensions),
                [value],
                account=invocation.account,
                region=invocation.region,
                unit=unit,
                resolution=resolution,
            )


def _datapoints(invocation: FinishedInvocation) -> Iterator[tuple[str, float, str, int]]:
    """Yield name, value, unit and resolution in seconds."""
    status = invocation.response_status
    counts = {
        "Invocations": 1.0,
        "Invocation4XXErrors": float(400 <= status < 500),
        "Invocation5XXErrors": float(status >= 500),
    }
    if invocation.instances > 0:  # serverless endpoints do not publish it
        counts["InvocationModelErrors"] = float(not 200 <= status < 300)
    for name, value in counts.items():
        yield name, value, "None", STANDARD_RESOLUTION
    yield "ModelLatency", round(invocation.model_latency), "Microseconds", STANDARD_RESOLUTION
    yield "OverheadLatency", round(invocation.overhead_latency), "Microseconds", STANDARD_RESOLUTION
    if invocation.instances > 0:
        yield "InvocationsPerInstance", 1 / invocation.instances, "None", STANDARD_RESOLUTION
        yield "ConcurrentRequestsPerModel", invocation.concurrent / invocation.instances, "None", _HIGH_RESOLUTION
