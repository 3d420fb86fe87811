"""LoadedModelCount: how many models each instance of a multi-model endpoint has in memory, every simulated minute.

"Metrics for multi-model endpoints" in the SageMaker Developer Guide: emitted by every instance, so that the sum counts
a model on two of them twice.
"""

from collections.abc import Sequence
from typing import Final, Protocol, runtime_checkable

from sagemaker_simulator.clock import Timer
from sagemaker_simulator.sagemaker.estate import Estate, Estates
from sagemaker_simulator.sagemaker.fleets import Fleets
from sagemaker_simulator.sagemaker.records import ABLE_TO_SERVE, Endpoint

from .books import Books, Metric
from .instance_metrics import NAMESPACE

_PERIOD: Final = 60.0  # simulated seconds


@runtime_checkable
class HasModels(Protocol):
    """A fleet that knows what its instances have in memory."""

    def loaded_models(self, variant: str, *, instances: int) -> Sequence[int]: ...


class LoadedModels:
    """Looks at the fleets that serve and emits what they hold."""

    def __init__(self, books: Books, *, estates: Estates, fleets: Fleets) -> None:
        self._books = books
        self._estates = estates
        self._fleets = fleets
        self._timer: Timer | None = None

    def start(self) -> None:
        """Begin to emit, every minute."""
        now = self._books.clock.seconds()
        # In the middle of a minute, so that the minute that ends next has its value.
        due = (now // _PERIOD + 1) * _PERIOD + _PERIOD / 2
        self._timer = self._books.clock.call_after(due - now, self._ring)

    def _ring(self) -> None:
        self.start()
        for estate in self._estates.all():
            for endpoint in estate.endpoints.all().values():
                if endpoint.status in ABLE_TO_SERVE:
                    self._emit(estate, endpoint)

    def _emit(self, estate: Estate, endpoint: Endpoint) -> None:
        fleet = self._fleets.made_from(estate, endpoint.name, endpoint.config_name)
        if not isinstance(fleet, HasModels):
            return
        for variant in endpoint.variants:
            counts = fleet.loaded_models(variant.name, instances=variant.current_count)
            if counts:
                dimensions = {"EndpointName": endpoint.name, "VariantName": variant.name}
                metric = Metric.of(NAMESPACE, "LoadedModelCount", dimensions)
                self._books.emit(metric, counts, account=estate.account, region=estate.region, unit="None")
