"""A fleet without instances: containers come with requests and go when nobody asks any more.

Starting up takes simulated time, as AWS's own machines do, and then the real time that the server needs until it
answers /ping; a request waits for both, up to SageMaker's patience in real seconds, and is told to try again if that
was not enough. What was begun goes on, so that the next try finds it.
"""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from sagemaker_simulator.clock import Clock
from sagemaker_simulator.hosting.contract import (
    Answer,
    AnswerStream,
    ContainerGone,
    Fleet,
    FleetFailed,
    FleetToRun,
    Invocation,
)
from sagemaker_simulator.hosting.file_exchange import FileAnswer, FileInvocation

from .environments import Environment, Environments
from .execution_metrics import ExecutionMetrics
from .refusals import body_too_large, no_stream, not_ready, too_many_requests
from .serverless_config import ServerlessConfig
from .shared_server import SharedServer
from .simulated_time import simulated_seconds

BODY_LIMIT = 4 * 1024 * 1024  # bytes, of a request and of an answer ("Serverless Inference", SageMaker Developer Guide)
NO_ANSWER = 0  # status of an answer that never reached the caller
# Simulated seconds until AWS has a place for the container; its own start comes on top.
_PLACING_SECONDS = (2.0, 8.0)


@runtime_checkable
class HasProcesses(Protocol):
    """A fleet with processes of its own."""

    def process_groups(self, variant: str) -> Sequence[int]: ...


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a serverless fleet needs besides its containers.

    `config` answers the variant's ServerlessConfig of the moment; `patience_seconds` (real) is how long a request
    waits for a cold start.
    """

    clock: Clock
    config: Callable[[], ServerlessConfig]
    metrics: ExecutionMetrics
    random: random.Random
    patience_seconds: float


class ServerlessFleet:
    """One serverless variant. `first` are the containers that passed their health check when it was made."""

    def __init__(
        self,
        fleet: FleetToRun,
        first: Fleet,
        *,
        start: Callable[[], Coroutine[None, None, Fleet]],
        surroundings: Surroundings,
    ) -> None:
        self._fleet = fleet
        self._variant = fleet.variants[0].name
        self._around = surroundings
        self._server = SharedServer(first, start=start)
        self._is_first = True
        self._stopped = False
        self._environments = Environments(clock=surroundings.clock, warm_up=self._warm_up, emptied=self._server.end)
        self.resize()
        self._is_first = False
        if not surroundings.config().provisioned:
            self._server.end()

    async def invoke(self, variant: str, invocation: Invocation) -> Answer:
        """Send one request to an environment, which is made first when there is none to be had.

        Raises AwsError for what is not taken: too many at a time, too large, not ready in time. ContainerTimedOut and
        ContainerGone as every fleet does.
        """
        if len(invocation.body) > BODY_LIMIT:
            raise body_too_large(BODY_LIMIT)
        if self._stopped:
            raise ContainerGone("the endpoint's containers have been stopped")
        config = self._around.config()
        environment = self._environments.take(config)
        if environment is None:
            self._around.metrics.turned_away()
            raise too_many_requests()
        try:
            self._around.metrics.begun(
                config, concurrent=self._environments.busy, on_provisioned=environment.provisioned
            )
            begun = time.perf_counter()
            setup = await self._ready(environment)
            waited = time.perf_counter() - begun
            answer = await self._ask(variant, invocation)
        finally:
            self._environments.release(environment)
        return replace(_within_the_limit(answer), waited_seconds=waited, setup_seconds=setup)

    async def stream(self, variant: str, invocation: Invocation) -> AnswerStream:
        del variant, invocation
        raise no_stream(self._fleet.endpoint_name)

    async def exchange(self, variant: str, invocation: FileInvocation) -> FileAnswer:
        del variant, invocation
        raise ValueError("a serverless endpoint is never asynchronous")

    def direct_containers(self, variant: str) -> Sequence[str]:
        """Return none: a serverless variant has one container."""
        del variant
        return ()

    def is_pipeline(self, variant: str) -> bool:
        del variant
        return False

    def has_many_models(self, variant: str) -> bool:
        """Return no: SageMaker serves no multi-model container serverless."""
        del variant
        return False

    def process_groups(self, variant: str) -> Sequence[int]:
        """Return the process groups that run at this moment."""
        now = self._server.now
        return now.process_groups(variant) if isinstance(now, HasProcesses) else ()

    def resize(self) -> None:
        """Bring the provisioned environments to what the endpoint says now."""
        if not self._stopped:
            self._environments.resize(self._around.config())

    async def stop(self) -> None:
        self._stopped = True
        self._environments.clear()
        await self._server.close()

    def _warm_up(self) -> Coroutine[None, None, float]:
        return self._is_warm() if self._is_first else self._get_warm()

    async def _is_warm(self) -> float:
        return 0.0

    async def _get_warm(self) -> float:
        """Have the containers running; answers how long that took, in simulated seconds and then in real ones."""
        placing = self._around.random.uniform(*_PLACING_SECONDS)
        await simulated_seconds(self._around.clock, placing)
        begun = time.perf_counter()
        await self._server.running()
        return placing + time.perf_counter() - begun

    async def _ready(self, environment: Environment) -> float:
        """Wait until the environment is warm; answers the seconds of its cold start, none if it was warm already."""
        was_warm = environment.ready.done()
        try:
            async with asyncio.timeout(self._around.patience_seconds):
                setup = await asyncio.shield(environment.ready)
        except TimeoutError:
            raise not_ready(self._fleet.endpoint_name, self._variant) from None
        except FleetFailed as failed:
            raise ContainerGone(str(failed)) from failed
        except asyncio.CancelledError:
            if environment.ready.cancelled():
                raise ContainerGone("the container was given up before it was ready") from None
            raise
        if environment.is_new and not (was_warm and environment.provisioned):
            self._around.metrics.set_up(setup)
        environment.is_new = False
        return 0.0 if was_warm else setup

    async def _ask(self, variant: str, invocation: Invocation) -> Answer:
        try:
            server = await self._server.running()
        except FleetFailed as failed:
            raise ContainerGone(str(failed)) from failed
        try:
            return await server.invoke(variant, invocation)
        except ContainerGone:
            if self._server.now is server and not self._stopped:
                self._environments.clear()  # the process that stands for all of them has ended
                self.resize()
            raise


def _within_the_limit(answer: Answer) -> Answer:
    if len(answer.body) <= BODY_LIMIT:
        return answer
    sentence = f"The answer of the container has {len(answer.body)} bytes; serverless endpoints answer {BODY_LIMIT}."
    return replace(answer, status=NO_ANSWER, body=sentence.encode(), content_type="text/plain", headers={})
