"""Metrics of AWS/SageMaker that only streamed answers have.

"SageMaker AI endpoint invocation metrics" in the SageMaker Developer Guide: how soon the first part came, and whether
an error came after it. An answer that failed before it began has none of them.
"""

from sagemaker_simulator.runtime.observers import FinishedInvocation

from .books import Books, Metric
from .invocation_metrics import NAMESPACE


class StreamMetrics:
    """Told of every finished invocation."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def invocation_finished(self, invocation: FinishedInvocation) -> None:
        stream = invocation.stream
        if stream is None:
            return
        dimensions = {"EndpointName": invocation.endpoint, "VariantName": invocation.variant}
        for name, value, unit in (
            ("FirstChunkLatency", round(stream.first_chunk_latency), "Microseconds"),
            ("FirstChunkModelLatency", round(stream.first_chunk_model_latency), "Microseconds"),
            ("FirstChunkInvocations", 1.0, "None"),
            ("MidStreamErrors", float(stream.broken), "None"),
        ):
            self._books.emit(
                Metric.of(NAMESPACE, name, dimensions),
                [value],
                account=invocation.account,
                region=invocation.region,
                unit=unit,
            )
