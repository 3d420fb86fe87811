"""The queues of all asynchronous endpoints, and when a request in them is worked on.

Nothing is polled: a look is taken when a request comes, when one is done, and when an endpoint has changed. A queue
stays through scaling and updates and goes with its endpoint.
"""

import asyncio
import logging
from collections.abc import Awaitable, Iterator
from typing import Protocol

from sagemaker_simulator.sagemaker.estate import Estate, Estates
from sagemaker_simulator.sagemaker.fleets import Answering, Fleets, Key, key_of
from sagemaker_simulator.sagemaker.records import ABLE_TO_SERVE, Endpoint, Status

from .async_config import async_config
from .async_metrics import AsyncMetrics, QueueState, Took
from .async_request import AsyncRequest, Ending, Result
from .notification import message
from .request_queue import RequestQueue
from .working import Worker

log = logging.getLogger(__name__)


class Publish(Protocol):
    """Publishes to an SNS topic. Raises LookupError when there is none, OSError when SNS does not take it."""

    def __call__(self, *, topic_arn: str, subject: str | None, message: str) -> Awaitable[None]: ...


class AsyncQueues:
    """Takes requests for asynchronous endpoints and works on as many at once as their instances may."""

    def __init__(
        self, *, estates: Estates, fleets: Fleets, worker: Worker, metrics: AsyncMetrics, publish: Publish
    ) -> None:
        self._estates = estates
        self._fleets = fleets
        self._worker = worker
        self._metrics = metrics
        self._publish = publish
        self._queues: dict[Key, RequestQueue] = {}
        self._expiring: set[asyncio.Task[None]] = set()

    def put(self, estate: Estate, request: AsyncRequest) -> None:
        """Queue a request for an endpoint that is there."""
        queue = self._queues.get(key_of(estate, request.endpoint))
        if queue is None:
            queue = RequestQueue(self._estates.clock, expire=self._expire)
            self._queues[key_of(estate, request.endpoint)] = queue
        queue.put(request)
        self._look(estate, request.endpoint)

    def endpoint_changed(self, estate: Estate, name: str) -> None:
        """Look at the endpoint's queue again; when the endpoint goes, what is in the queue is lost with it."""
        endpoint = estate.endpoints.get(name)
        if endpoint is not None and endpoint.status is not Status.DELETING:
            self._look(estate, name)
            return
        queue = self._queues.pop(key_of(estate, name), None)
        dropped = queue.drop() if queue is not None else 0
        if dropped:
            log.info("endpoint %s was deleted with %d requests in its queue, which are lost", name, dropped)

    def states(self) -> Iterator[tuple[Estate, Endpoint, QueueState]]:
        """Yield every asynchronous endpoint that can serve, with its queue as it is now."""
        now = self._estates.clock.seconds()
        for estate in self._estates.all():
            for endpoint in estate.endpoints.all().values():
                if endpoint.async_inference is None or endpoint.status not in ABLE_TO_SERVE:
                    continue
                queue = self._queues.get(key_of(estate, endpoint.name))
                oldest = queue.oldest if queue is not None else None
                yield (
                    estate,
                    endpoint,
                    QueueState(
                        backlog=queue.backlog if queue is not None else 0,
                        instances=endpoint.variants[0].current_count,
                        oldest=now - oldest if oldest is not None else None,
                    ),
                )

    def clear(self) -> None:
        """Give up everything that is queued or being worked on."""
        for queue in self._queues.values():
            queue.drop()
        self._queues.clear()
        for task in self._expiring:
            task.cancel()

    def _look(self, estate: Estate, name: str) -> None:
        """Begin to work on as many requests as there is room for."""
        queue, endpoint = self._queues.get(key_of(estate, name)), estate.endpoints.get(name)
        if queue is None or endpoint is None or endpoint.async_inference is None:
            return
        if endpoint.status not in ABLE_TO_SERVE:
            return
        variant = endpoint.variants[0]
        room = variant.current_count * async_config(endpoint.async_inference).concurrency
        while queue.waiting and len(queue.working) < room:
            answering = self._fleets.answering(estate, name, variant.name)
            if answering is None:
                return
            request = queue.take()
            task = asyncio.create_task(self._work(estate, queue, request, answering, variant.name))
            queue.working[task] = request

    async def _work(
        self, estate: Estate, queue: RequestQueue, request: AsyncRequest, answering: Answering, variant: str
    ) -> None:
        task = asyncio.current_task()
        took = Took(in_backlog=self._estates.clock.seconds() - request.received)
        try:
            result = await self._worker.work(request, answering.fleet, variant, took)
        except ConnectionError:
            if self._fleets.made_from(estate, request.endpoint, answering.config_name) is not answering.fleet:
                queue.put_back(request)  # an update took the fleet away under the request
            else:
                await self._end(request, await self._worker.fail(request, _gone(), took), took, variant)
        except Exception:
            log.exception(
                "request %s of endpoint %s ended in a defect of the simulator", request.inference_id, request.endpoint
            )
            await self._end(request, await self._worker.fail(request, _defect(), took), took, variant)
        else:
            await self._end(request, result, took, variant)
        finally:
            if task is not None:
                queue.working.pop(task, None)
        self._look(estate, request.endpoint)

    def _expire(self, request: AsyncRequest) -> None:
        task = asyncio.create_task(self._end_expired(request))
        self._expiring.add(task)
        task.add_done_callback(self._expiring.discard)

    async def _end_expired(self, request: AsyncRequest) -> None:
        took = Took(in_backlog=self._estates.clock.seconds() - request.received)
        reason = f"ClientError: The request expired: it was not processed within {request.ttl_seconds} seconds."
        result = await self._worker.fail(request, Result(ending=Ending.EXPIRED, reason=reason), took)
        await self._end(request, result, took, request.variant)

    async def _end(self, request: AsyncRequest, result: Result, took: Took, variant: str) -> None:
        """Tell the topic and CloudWatch. What was stored stays, whatever becomes of the notification."""
        topic = request.config.success_topic if result.completed else request.config.error_topic
        if topic is not None:
            told = message(request, result, now=self._estates.clock.seconds())
            try:
                await self._publish(topic_arn=topic, subject=None, message=told)
            except (LookupError, OSError) as problem:
                log.warning("request %s could not be told to %s: %s", request.inference_id, topic, problem)
                self._metrics.not_notified(request, variant=variant)
        took.in_all = self._estates.clock.seconds() - request.received
        self._metrics.finished(request, result, took, variant=variant)


def _gone() -> Result:
    return Result(
        ending=Ending.MODEL_FAILED,
        reason="ClientError: Received server error (0) from model: it ended the connection without an answer. "
        "See the SageMaker Endpoint logs in your account for more information.",
    )


def _defect() -> Result:
    return Result(
        ending=Ending.MODEL_FAILED,
        reason="simulator: the request ended in a defect; the simulator's log has the traceback",
    )
