"""What the tests of warm-ups begin with: a multi-model endpoint on a real server, and models that ask for warm-ups."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from endpoint_operator.api.conditions import Condition, ConditionStatus
from endpoint_operator.api.model import InferenceModel
from endpoint_operator.api.model_status import InferenceModelStatus, PublishedFrom
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.health import AwsHealth
from endpoint_operator.aws.models.room import ASKING
from endpoint_operator.aws.models.warm_up_bodies import WarmUpBodies
from endpoint_operator.aws.models.warm_up_requests import WarmUpRequests
from endpoint_operator.aws.models.warm_ups import WarmUps
from endpoint_operator.aws.session import Clients
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.ports import NotLeading
from endpoint_operator.planning.models.facts import Target
from endpoint_operator.planning.place import Place
from tests.aws.model_world import a_model
from tests.simulator.multi_model_world import PREFIX
from tests.simulator.world import REGION, World

ENDPOINT = ObjectKey("ml", "models")
TARGET = Target(
    endpoint_name="e1",
    multi_model=True,
    s3_prefix=PREFIX,
    place=Place(region=REGION),
    available=True,
    settled=True,
    serving_since="revision-1",
    instance_count=1,
    being_deleted=False,
)
DEADLINE_SECONDS = 90.0


def warm_model(
    name: str = "tenant-1",
    *,
    target_model: str | None = None,
    told: bool | None = None,
    warm_up: dict[str, Any] | None = None,
    **status: Any,
) -> InferenceModel:
    """A published model; `told` is what its condition Warm says."""
    model = a_model(name, uid=f"uid-{name}", warmUp={"body": "1"} if warm_up is None else warm_up)
    conditions = [] if told is None else [warm_condition(warm=told)]
    published = PublishedFrom(s3_uri="s3://x/y", etag="e", content="c")
    seen = InferenceModelStatus(
        target_model=target_model or f"{name}.tar.gz", conditions=conditions, **{"published": published, **status}
    )
    return replace(model, status=seen)


def warm_condition(*, warm: bool, reason: str = "x") -> Condition:
    return Condition(
        type="Warm",
        status=ConditionStatus.TRUE if warm else ConditionStatus.FALSE,
        observed_generation=1,
        last_transition_time="2026-01-01T00:00:00Z",
        reason=reason,
        message="",
    )


class WarmingWorld:
    """WarmUps with models and endpoints in memory, and calls of its own to the simulator."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.leading = True
        clients = Clients(region=REGION)
        self._calls = Calls(clients=clients, health=AwsHealth(), may_write=self._may_write)
        self._asking = Calls(clients=clients, health=None, may_write=self._may_write, patience=ASKING)
        self.requests = WarmUpRequests(requests=self._asking, bodies=WarmUpBodies(self._calls))
        self.target = TARGET
        self.models: dict[ObjectKey, InferenceModel] = {}
        self.woken: list[str] = []
        self.looks = 0
        self.warm_ups = WarmUps(
            model_of=self.models.get,
            target_of=lambda _: self.target,
            endpoints=self._endpoints,
            requests_of=lambda _: self.requests,
            wake=lambda key: self.woken.append(key.name),
        )
        self._running: asyncio.Task[None] | None = None

    def put(self, model: InferenceModel) -> InferenceModel:
        """As the store tells of it."""
        key = ObjectKey(model.namespace, model.name)
        self.models[key] = model
        self.warm_ups.remembered(key, model)
        return model

    def remove(self, model: InferenceModel) -> None:
        key = ObjectKey(model.namespace, model.name)
        del self.models[key]
        self.warm_ups.remembered(key, None)

    def run(self) -> None:
        self._running = asyncio.create_task(self.warm_ups.run())

    async def until(self, fact: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not fact():
            assert self._running is None or not self._running.done(), "the warm-ups ended"
            assert time.monotonic() < deadline, f"waited {DEADLINE_SECONDS} s for {what}"
            await asyncio.sleep(0.02)

    def asked(self) -> int:
        return [row["operation"] for row in self.world.calls()].count("InvokeEndpoint")

    async def stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        self._calls.close()
        self._asking.close()

    def _endpoints(self) -> list[tuple[ObjectKey, Target]]:
        self.looks += 1
        return [(ENDPOINT, self.target)]

    def _may_write(self) -> None:
        if not self.leading:
            raise NotLeading("the Lease is not held")
