"""The three parts of the benchmark: all at once until Ready, at rest, and a restart."""

import asyncio
import dataclasses
import random
import signal
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devworld import recipes
from devworld.cluster import operator_user
from devworld.environment import OPERATOR_KEY
from devworld.settings import Settings
from devworld.world import World
from tests.bench.counters import Counted, Counters, Mark, in_service_times
from tests.bench.fleet import NAMESPACE, Cluster, Readiness, Subject, names_of, until_all_ready

# What is measured at rest is measured with every period of the operator divided by this.
REST_SPEED = 60.0
PERIODS = {"--fleet-sweep-seconds": 90.0, "--inventory-seconds": 3600.0, "--resync-seconds": 600.0}
# SageMaker's own time for a creation, simulated in real seconds.
CREATING_SECONDS = 60.0
CREATING_SPREAD_SECONDS = 30.0
LATENCY_MS = {"mean": 50, "spread": 25}

_TEMPLATE = f"""\
apiVersion: inference.endpoint-operator.dev/v1alpha1
kind: InferenceEndpoint
metadata: {{name: $name, namespace: {NAMESPACE}}}
spec:
  mode: RealTime
  containers: [{{image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/sim-null:1"}}]
  instance: {{type: ml.m5.large, count: 1}}
"""
OURS = Subject(template=_TEMPLATE)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """All figures of one size; durations in seconds."""

    endpoints: int
    all_ready: float
    in_service_to_ready: list[float]
    creating: Counted
    rest_seconds: float
    rest: Counted
    restart_seen: float
    restart: Counted


def run(size: int, directory: Path) -> Figures:
    """One world of `size` endpoints, from nothing to rest to a restart."""
    world = World.start(directory, Settings(time_scale=1.0), die_with_parent=True)
    try:
        _prepare(world, size)
        return asyncio.run(_measure(world, size))
    finally:
        world.stop()
        world.control_plane.discard()


def _prepare(world: World, size: int) -> None:
    """The role, quotas and SageMaker's own durations, seeded so that runs compare."""
    trust = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
        '"Principal":{"Service":"sagemaker.amazonaws.com"}}]}'
    )
    world.boto3("iam").create_role(RoleName="sagemaker-execution", AssumeRolePolicyDocument=trust)
    world.simulator.configure(quotas={"ml.m5.large/endpoint": 10 * size}, latencyMs=LATENCY_MS)
    dice = random.Random(size)  # noqa: S311 - no secret
    for name in names_of(size):
        seconds = CREATING_SECONDS + dice.uniform(0, CREATING_SPREAD_SECONDS)
        world.simulator.next(f"{NAMESPACE}-{name}", result="InService", seconds=seconds)


def counters_of(world: World) -> Counters:
    return Counters(
        simulator=world.simulator,
        audit_log=world.directory / "logs" / "audit.log",
        pid=world.operator.pid,
        user=operator_user(),
        access_key=OPERATOR_KEY,
    )


async def _measure(world: World, size: int) -> Figures:
    cluster = await Cluster.connect(world.control_plane.kubeconfig)
    readiness = Readiness()
    watching = asyncio.create_task(cluster.watch_readiness(OURS, readiness))
    try:
        await cluster.make_namespace()
        counters = counters_of(world)
        mark, began = counters.mark(), time.time()
        names = names_of(size)
        await cluster.apply(OURS, names)
        await until_all_ready(readiness, names, seconds=900)
        all_ready = max(readiness.at.values()) - began
        creating = counters.since(mark)
        delays = _delays(world, readiness)
        rest_seconds, rest = await _at_rest(world)
        restart_seen, restart = await _restarted(world, size)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await cluster.close()
    return Figures(
        endpoints=size,
        all_ready=all_ready,
        in_service_to_ready=delays,
        creating=creating,
        rest_seconds=rest_seconds,
        rest=rest,
        restart_seen=restart_seen,
        restart=restart,
    )


def _delays(world: World, readiness: Readiness) -> list[float]:
    """From InService in SageMaker to Ready in the cluster, by endpoint."""
    served = in_service_times(world.simulator)
    return sorted(at - served[f"{NAMESPACE}-{name}"] for name, at in readiness.at.items())


async def _at_rest(world: World) -> tuple[float, Counted]:
    """Two of the longest periods, all periods divided by REST_SPEED."""
    await asyncio.to_thread(restart_operator, world, _fast_periods())
    window = 2 * max(PERIODS.values()) / REST_SPEED
    await _settled(world)
    counters = counters_of(world)
    mark = counters.mark()
    await asyncio.sleep(window)
    return window, counters.since(mark)


async def _restarted(world: World, size: int) -> tuple[float, Counted]:
    """Until every object was passed over once, under the default periods."""
    mark_calls = world.simulator.calls(since=0)[-1]["n"]
    audit = (world.directory / "logs" / "audit.log").stat().st_size
    began = time.monotonic()
    await asyncio.to_thread(restart_operator, world, ())
    await _passed(world, size)
    seen = time.monotonic() - began
    counters = counters_of(world)
    return seen, counters.since(Mark(calls=mark_calls, audit_bytes=audit, cpu_seconds=0.0))


def restart_operator(world: World, arguments: tuple[str, ...]) -> None:
    """The operator anew, with these flags beside those of the world."""
    recipe = recipes.operator(
        world.directory,
        dataclasses.replace(world.settings, operator_args=(*world.settings.operator_args, *arguments)),
        kubeconfig=world.operator_kubeconfig,
        simulator_url=lambda: world.simulator_url,
        death_signal=signal.SIGTERM,
    )
    world.operator.stop()
    world.operator.recipe = recipe
    world.operator.start()


def _fast_periods() -> tuple[str, ...]:
    return tuple(word for flag, value in PERIODS.items() for word in (flag, str(value / REST_SPEED)))


async def _settled(world: World) -> None:
    await _passed(world, 1)
    await asyncio.sleep(2 * PERIODS["--fleet-sweep-seconds"] / REST_SPEED + 2)


async def _passed(world: World, count: int) -> None:
    """Until the operator made so many passes."""
    async with asyncio.timeout(120):
        while await asyncio.to_thread(passes_made, world) < count:  # noqa: ASYNC110 - another process's count
            await asyncio.sleep(0.05)


def passes_made(world: World) -> float:
    return metric(world, 'endpoint_operator_passes_total{result="done"}')


def metric(world: World, name: str) -> float:
    """One value of the operator's /metrics; 0 where it is not there yet."""
    with urllib.request.urlopen(f"{world.operator_url}/metrics", timeout=10) as answer:  # noqa: S310 - our own http URL
        lines: list[Any] = answer.read().decode().splitlines()
    return next((float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name)), 0.0)
