"""Asynchronous inference as one thing: its queues, who works on them, and the metrics that tell of them."""

from typing import Final

from sagemaker_simulator.clock import Timer
from sagemaker_simulator.cloudwatch.books import Books
from sagemaker_simulator.faults import Faults
from sagemaker_simulator.sagemaker.estate import Estate, Estates
from sagemaker_simulator.sagemaker.fleets import Fleets

from .async_metrics import AsyncMetrics
from .async_queues import AsyncQueues, Publish
from .own_calls import OwnCalls
from .topic_trials import TopicTrials
from .working import Store, Worker

_PERIOD: Final = 60.0  # simulated seconds


class AsyncInference:
    """Asynchronous endpoints of every account and region."""

    def __init__(
        self, *, estates: Estates, fleets: Fleets, store: Store, books: Books, publish: Publish, faults: Faults
    ) -> None:
        self._clock = estates.clock
        self._metrics = AsyncMetrics(books)
        own = OwnCalls(store, publish=publish, faults=faults)
        self.queues = AsyncQueues(
            estates=estates, fleets=fleets, worker=Worker(own), metrics=self._metrics, publish=own.publish
        )
        self._trials = TopicTrials(own.publish)
        self._timer: Timer | None = None

    def endpoint_changed(self, estate: Estate, name: str) -> None:
        """Take notice that a transition of an endpoint has begun or has ended."""
        self.queues.endpoint_changed(estate, name)
        endpoint = estate.endpoints.get(name)
        if endpoint is not None:
            self._trials.endpoint_changed(endpoint)

    def start(self) -> None:
        """Begin to emit how the queues stand, every minute."""
        now = self._clock.seconds()
        # In the middle of a minute, so that the minute that ends next has its value.
        due = (now // _PERIOD + 1) * _PERIOD + _PERIOD / 2
        self._timer = self._clock.call_after(due - now, self._ring)

    def clear(self) -> None:
        """Give up everything that is queued or being worked on."""
        self.queues.clear()
        self._trials.clear()

    def _ring(self) -> None:
        self.start()
        for estate, endpoint, state in self.queues.states():
            self._metrics.minute(account=estate.account, region=estate.region, endpoint=endpoint.name, state=state)
