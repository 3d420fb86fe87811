"""Shadow variants: a part of what a production variant is asked is asked of the shadow too, and its answer is dropped.

The part is the shadow's weight divided by the production variant's (ShadowProductionVariants of CreateEndpointConfig).
Whoever observes invocations is told of the shadow's as well, under the shadow's own name: its metrics and its captured
data are what it is there for. A caller sees nothing of it, whatever happens to it.
"""

import asyncio
import logging
import random
import time
import uuid
from dataclasses import replace

from sagemaker_simulator.hosting.contract import Answer, ContainerTimedOut, Fleet, Invocation
from sagemaker_simulator.sagemaker.estate import Estates
from sagemaker_simulator.sagemaker.fleets import Fleets
from sagemaker_simulator.sagemaker.records import Endpoint, Variant

from .observers import NO_ANSWER, FinishedInvocation, InvocationObservers
from .request_members import PREFIX

_MICROSECONDS = 1_000_000.0
log = logging.getLogger(__name__)


class ShadowTraffic:
    """Told of every finished invocation; copies a share of them to the shadow variant, if there is one."""

    def __init__(
        self, *, estates: Estates, fleets: Fleets, observers: InvocationObservers, seed: int = 20170724
    ) -> None:
        self._estates = estates
        self._fleets = fleets
        self._observers = observers
        self._random = random.Random(seed)  # noqa: S311 - chance that repeats from run to run, not a secret
        self._under_way: set[asyncio.Task[None]] = set()

    def invocation_finished(self, invocation: FinishedInvocation) -> None:
        """Ask the shadow too, by chance; not for what the shadow itself was asked.

        Streamed answers are left out: nothing says that SageMaker copies their requests.
        """
        if invocation.stream is not None:
            return
        estate = self._estates.at(account=invocation.account, region=invocation.region)
        endpoint = estate.endpoints.get(invocation.endpoint)
        fleet = self._fleets.made_from(estate, invocation.endpoint, invocation.endpoint_config)
        if endpoint is None or fleet is None:
            return
        production, shadows = _variants(endpoint, invocation.endpoint_config)
        asked = next((each for each in production if each.name == invocation.variant), None)
        for shadow in shadows:
            if asked is not None and self._random.random() < _share(shadow, of=asked):
                self._begin(fleet, shadow, invocation)

    def clear(self) -> None:
        """Give up every copy that is under way."""
        for task in self._under_way:
            task.cancel()

    def _begin(self, fleet: Fleet, shadow: Variant, invocation: FinishedInvocation) -> None:
        task = asyncio.create_task(self._copy(fleet, shadow, invocation))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _copy(self, fleet: Fleet, shadow: Variant, invocation: FinishedInvocation) -> None:
        asked = time.perf_counter()
        answer = await _ask(fleet, shadow.name, _request(invocation))
        self._observers.tell(
            replace(
                invocation,
                variant=shadow.name,
                instances=shadow.current_count,
                concurrent=1,
                event_id=str(uuid.uuid4()),
                response_status=answer.status,
                response_content_type=answer.content_type,
                response_body=answer.body,
                response_custom_attributes=None,
                model_latency=(time.perf_counter() - asked) * _MICROSECONDS,
                overhead_latency=0.0,
                time=self._estates.clock.seconds(),
            )
        )


def _variants(endpoint: Endpoint, config_name: str) -> tuple[tuple[Variant, ...], tuple[Variant, ...]]:
    """Return production and shadow variants of the fleet that was made from the config."""
    pending = endpoint.pending
    if pending is not None and pending.config_name == config_name:
        return pending.variants, pending.shadows
    return endpoint.variants, endpoint.shadows


def _share(shadow: Variant, *, of: Variant) -> float:
    return shadow.current_weight / of.current_weight if of.current_weight > 0 else 0.0


async def _ask(fleet: Fleet, variant: str, invocation: Invocation) -> Answer:
    try:
        return await fleet.invoke(variant, invocation)
    except (ContainerTimedOut, ConnectionError) as failed:
        log.info("the shadow variant %s gave no answer (%s); the caller does not see it", variant, failed)
        return Answer(status=NO_ANSWER, body=b"", content_type="text/plain", headers={})


def _request(invocation: FinishedInvocation) -> Invocation:
    passed = {"custom-attributes": invocation.custom_attributes, "inference-id": invocation.inference_id}
    return Invocation(
        body=invocation.request_body,
        content_type=invocation.request_content_type,
        accept=invocation.request_accept,
        headers={f"{PREFIX}{name}": value for name, value in passed.items() if value is not None},
    )
