"""How soon an edit is in AWS: from the API server's answer to the arrival of the call, beside endpoints at rest."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from devworld.world import World
from tests.bench.fleet import NAMESPACE, Cluster, Readiness, Subject, until_all_ready

EDITED = 50
# One edit after the other, as people and pipelines make them.
BETWEEN_SECONDS = 0.05
_WITHIN_SECONDS = 120.0

_VARIANT = (
    "{name: $variant, weight: 1.0, instance: {type: ml.m5.large, count: 1}, "
    'containers: [{image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/sim-null:1"}]}'
)
TWO_VARIANTS = Subject(
    template=f"""\
apiVersion: inference.endpoint-operator.dev/v1alpha1
kind: InferenceEndpoint
metadata: {{name: $name, namespace: {NAMESPACE}}}
spec:
  mode: RealTime
  variants:
    - {_VARIANT.replace("$variant", "blue")}
    - {_VARIANT.replace("$variant", "green")}
"""
)


@dataclass(frozen=True, kw_only=True)
class EditFigures:
    """Seconds from the edit to the call, sorted."""

    weights: list[float]
    revision: list[float]


async def measure(world: World, cluster: Cluster, readiness: Readiness, *, check: Callable[[], None]) -> EditFigures:
    """Endpoints of two variants beside those that are there: their weights edited, then their revision."""
    names = [f"edited{index:03d}" for index in range(EDITED)]
    for name in names:
        world.simulator.next(TWO_VARIANTS.endpoint_name(name), result="InService", seconds=1.0)
    await cluster.apply(TWO_VARIANTS, names)
    await until_all_ready(readiness, [*readiness.at, *names], seconds=_WITHIN_SECONDS, check=check)
    weights = await _edited(world, cluster, names, _weights, "UpdateEndpointWeightsAndCapacities")
    await _until_in_service(world, names)
    revision = await _edited(world, cluster, names, lambda _: {"redeploy": "again"}, "UpdateEndpoint")
    return EditFigures(weights=weights, revision=revision)


def _weights(spec: dict[str, Any]) -> dict[str, Any]:
    blue, green = spec["variants"]
    return {"variants": [{**blue, "weight": 3.0}, green]}


async def _edited(world: World, cluster: Cluster, names: list[str], change: Any, operation: str) -> list[float]:
    since = world.simulator.calls(since=0)[-1]["n"]
    answered = {}
    for name in names:
        spec = (await cluster.get(name))["spec"]
        await cluster.merge(name, {"spec": change(spec)})
        answered[TWO_VARIANTS.endpoint_name(name)] = time.time()
        await asyncio.sleep(BETWEEN_SECONDS)
    arrived = await _arrivals(world, operation, set(answered), since=since)
    return sorted(arrived[name] - at for name, at in answered.items())


async def _arrivals(world: World, operation: str, names: set[str], *, since: int) -> dict[str, float]:
    """When the first such call about each endpoint arrived, in seconds since the epoch."""
    deadline = time.monotonic() + _WITHIN_SECONDS
    while True:
        arrived: dict[str, float] = {}
        for row in await asyncio.to_thread(world.simulator.calls, since=since):
            if row["operation"] == operation and row["resource"] in names:
                arrived.setdefault(row["resource"], datetime.fromisoformat(row["wallTime"]).timestamp())
        if arrived.keys() == names:
            return arrived
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(names - arrived.keys())} of {len(names)} edits led to no {operation}")
        await asyncio.sleep(0.2)


async def _until_in_service(world: World, names: list[str]) -> None:
    """So that the next edit waits for nothing but the operator."""
    wanted = {TWO_VARIANTS.endpoint_name(name) for name in names}
    deadline = time.monotonic() + _WITHIN_SECONDS
    while time.monotonic() < deadline:
        estates = (await asyncio.to_thread(world.simulator.state))["sagemaker"].values()
        live = {name: each["EndpointStatus"] for estate in estates for name, each in estate["endpoints"].items()}
        if all(live[name] == "InService" for name in wanted):
            await asyncio.sleep(2 * 1.25)  # and the operator has seen it: two of its looks
            return
        await asyncio.sleep(0.5)
    raise TimeoutError("weights were not changed in time")
