"""What endpoints are told of their models: in numbers, and not more often than people can read."""

import asyncio
import math
from collections.abc import Callable, Mapping

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.spec import Mode
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.model_directory import ModelDirectory
from endpoint_operator.planning.model_counts import COUNTS_SECONDS, ModelCounts

# Models that come together are told together.
GATHER_SECONDS = 0.5


class ModelNews:
    """Keeps what was told last, so that numbers and names stand still between two tellings of an endpoint."""

    def __init__(self, *, period: float = COUNTS_SECONDS) -> None:
        self._period = period
        self._directory: ModelDirectory | None = None
        self._wake: Callable[[ObjectKey], None] | None = None
        self._counts: dict[ObjectKey, ModelCounts] = {}
        self._target_models: dict[ObjectKey, Mapping[str, str]] = {}
        self._told_at: dict[ObjectKey, float] = {}
        self._timers: dict[ObjectKey, asyncio.TimerHandle] = {}

    def begin(self, directory: ModelDirectory, *, wake: Callable[[ObjectKey], None]) -> None:
        """Every model of the cluster is in the directory now: what is counted in it is true.

        `wake` is called with the key of each endpoint that has news.
        """
        self._directory, self._wake = directory, wake
        for endpoint, _ in directory.endpoints():
            self._tell(endpoint)

    def moved(self, endpoint: ObjectKey) -> None:
        """The endpoint's models are others than before."""
        if self._directory is None or endpoint in self._timers:
            return
        loop = asyncio.get_running_loop()
        due = self._told_at.get(endpoint, -math.inf) + self._period - loop.time()
        self._timers[endpoint] = loop.call_later(max(due, min(GATHER_SECONDS, self._period)), self._tell, endpoint)

    def forget(self, endpoint: ObjectKey) -> None:
        """The endpoint is gone."""
        timer = self._timers.pop(endpoint, None)
        if timer is not None:
            timer.cancel()
        self._told_at.pop(endpoint, None)
        self._counts.pop(endpoint, None)
        self._target_models.pop(endpoint, None)

    def counts(self, endpoint: InferenceEndpoint) -> ModelCounts | None:
        """As they were told last; None where the endpoint is not multi-model, or not all models were seen yet."""
        if self._directory is None or endpoint.spec.mode != Mode.MULTI_MODEL:
            return None
        key = ObjectKey(endpoint.namespace, endpoint.name)
        if key not in self._counts:
            self._counts[key] = self._directory.counts(key)
        return self._counts[key]

    def target_models(self, endpoint: InferenceEndpoint) -> Mapping[str, str] | None:
        """TargetModel by model id, as `counts`."""
        if self._directory is None or endpoint.spec.mode != Mode.MULTI_MODEL:
            return None
        key = ObjectKey(endpoint.namespace, endpoint.name)
        if key not in self._target_models:
            self._target_models[key] = self._directory.target_models(key)
        return self._target_models[key]

    def _tell(self, endpoint: ObjectKey) -> None:
        assert self._directory is not None  # noqa: S101 - no timer is set before
        assert self._wake is not None  # noqa: S101
        self._timers.pop(endpoint, None)
        self._told_at[endpoint] = asyncio.get_running_loop().time()
        self._counts[endpoint] = self._directory.counts(endpoint)
        self._target_models.pop(endpoint, None)
        self._wake(endpoint)
