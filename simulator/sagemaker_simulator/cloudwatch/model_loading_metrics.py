"""Metrics of AWS/SageMaker that only multi-model endpoints have.

"Metrics for multi-model endpoints" in the SageMaker Developer Guide: ModelCacheHit for each request, the others for
what they measure, and nothing while it does not happen. While a deployment runs they are emitted once more with
EndpointConfigName, as the metrics of invocations are.
"""

from collections.abc import Mapping
from typing import Final

from sagemaker_simulator.multi_model.model_event import Kind, ModelEvent
from sagemaker_simulator.sagemaker.estate import Estates

from .books import Books, Metric
from .invocation_metrics import NAMESPACE

_MICROSECONDS: Final = 1_000_000.0
_CACHE_HIT: Final = {Kind.HIT: 1.0, Kind.MISS: 0.0}
_TIMES: Final[Mapping[Kind, str]] = {
    Kind.WAITED: "ModelLoadingWaitTime",
    Kind.DOWNLOADED: "ModelDownloadingTime",
    Kind.LOADED: "ModelLoadingTime",
    Kind.UNLOADED: "ModelUnloadingTime",
}


class ModelLoadingMetrics:
    """Told of everything that is done with the models of multi-model endpoints."""

    def __init__(self, books: Books, *, estates: Estates) -> None:
        self._books = books
        self._estates = estates

    def tell(self, event: ModelEvent) -> None:
        """Emit what the event is worth."""
        dimensions = {"EndpointName": event.endpoint, "VariantName": event.variant}
        self._emit(event, dimensions)
        endpoint = self._estates.at(account=event.account, region=event.region).endpoints.get(event.endpoint)
        if endpoint is not None and endpoint.pending is not None:
            self._emit(event, {**dimensions, "EndpointConfigName": event.endpoint_config})

    def _emit(self, event: ModelEvent, dimensions: Mapping[str, str]) -> None:
        if event.kind in _CACHE_HIT:
            name, value, unit = "ModelCacheHit", _CACHE_HIT[event.kind], "None"
        else:
            name, value, unit = _TIMES[event.kind], float(round(event.seconds * _MICROSECONDS)), "Microseconds"
        metric = Metric.of(NAMESPACE, name, dimensions)
        self._books.emit(metric, [value], account=event.account, region=event.region, unit=unit)
