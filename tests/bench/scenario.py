"""The three parts of the benchmark: all at once until Ready, at rest, and a restart; of whichever controller."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from devworld.world import World
from tests.bench.contender import Contender, Running
from tests.bench.counters import Counted, in_service_times
from tests.bench.edits import TWO_VARIANTS, EditFigures, measure
from tests.bench.fleet import Cluster, NotReadyError, Readiness, Subject, names_of, until_all_ready
from tests.controlplane.expected import ExpectedError

# SageMaker's own time for a creation, simulated in real seconds.
CREATING_SECONDS = 60.0
CREATING_SPREAD_SECONDS = 30.0
LATENCY_MS = {"mean": 50, "spread": 25}
ALL_READY_WITHIN_SECONDS = 900.0


@dataclass(frozen=True, kw_only=True)
class Figures:
    """All figures of one size; durations in seconds."""

    endpoints: int
    all_ready: float
    in_service_to_ready: list[float]
    creating: Counted
    rest_seconds: float
    rest_speed: float
    """By how much the controller's periods were divided at rest."""
    rest: Counted
    restart_seen: float | None
    """None: not all within `restart_limit`."""
    restart_limit: float
    restart: Counted
    edits: EditFigures | None = None
    """Of our own operator."""


def run(size: int, directory: Path, *, contender: Contender, creating_seconds: float = CREATING_SECONDS) -> Figures:
    """One world of `size` endpoints, from nothing to rest to a restart. Raises ExpectedError."""
    with at_work(directory, contender) as (world, running):
        _prepare(world, contender.subject, size=size, creating_seconds=creating_seconds)
        return asyncio.run(_measure(world, contender.subject, running, size))


@contextlib.contextmanager
def at_work(directory: Path, contender: Contender) -> Iterator[tuple[World, Running]]:
    """A world of its own with the controller in it, until all of it is gone again. Raises ExpectedError."""
    world = World.start(directory, contender.settings, die_with_parent=True)
    try:
        running = contender.install(world)
        try:
            yield world, running
        except NotReadyError as error:
            raise NotReadyError(f"{error}; the end of the controller's log:\n{running.last_words()}") from None
        finally:
            running.stop()
    finally:
        world.stop()
        world.control_plane.discard()


def _prepare(world: World, subject: Subject, *, size: int, creating_seconds: float) -> None:
    """The role, quotas and SageMaker's own durations, seeded so that runs compare."""
    trust = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
        '"Principal":{"Service":"sagemaker.amazonaws.com"}}]}'
    )
    world.boto3("iam").create_role(RoleName="sagemaker-execution", AssumeRolePolicyDocument=trust)
    world.simulator.configure(quotas={"ml.m5.large/endpoint": 10 * size + 1000}, latencyMs=LATENCY_MS)
    dice = random.Random(size)  # noqa: S311 - no secret
    for name in names_of(size):
        seconds = creating_seconds + dice.uniform(0, CREATING_SPREAD_SECONDS)
        world.simulator.next(subject.endpoint_name(name), result="InService", seconds=seconds)


async def _measure(world: World, subject: Subject, running: Running, size: int) -> Figures:
    cluster = await Cluster.connect(world.control_plane.kubeconfig)
    readiness = Readiness()
    watching = asyncio.create_task(cluster.watch_readiness(subject, readiness))
    try:
        await cluster.make_namespace()
        running.check()
        counters = running.counters()
        mark, began = counters.mark(), time.time()
        names = names_of(size)
        await cluster.apply(subject, names)
        await until_all_ready(
            readiness, names, seconds=ALL_READY_WITHIN_SECONDS, check=nothing_broke(running, watching)
        )
        all_ready = max(readiness.at.values()) - began
        creating = counters.since(mark)
        delays = _delays(world, subject, readiness)
        rest = await running.rest()
        restart = await running.restart(names)
        edits = (
            await measure(world, cluster, readiness, check=nothing_broke(running, watching))
            if subject.watched == TWO_VARIANTS.watched
            else None
        )
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await cluster.close()
    return Figures(
        endpoints=size,
        all_ready=all_ready,
        in_service_to_ready=delays,
        creating=creating,
        rest_seconds=rest.seconds,
        rest_speed=rest.speed,
        rest=rest.counted,
        restart_seen=restart.seen_after,
        restart_limit=restart.limit,
        restart=restart.counted,
        edits=edits,
    )


def nothing_broke(running: Running, watching: asyncio.Task[None]) -> Callable[[], None]:
    """What raises when the controller has ended, or nobody watches any more."""

    def check() -> None:
        running.check()
        if watching.done():
            watching.result()  # it goes on for ever unless it raised

    return check


def _delays(world: World, subject: Subject, readiness: Readiness) -> list[float]:
    """From InService in SageMaker to Ready in the cluster, by endpoint."""
    served = in_service_times(world.simulator)
    endpoints = {name: subject.endpoint_name(name) for name in readiness.at}
    unknown = sorted(set(endpoints.values()) - served.keys())
    if unknown:
        raise ExpectedError(
            f"{len(unknown)} objects are {subject.ready_condition}, and SageMaker has no endpoint InService with the "
            f"name they should have ({unknown[0]}, ...); it has {sorted(served)[:3]}. "
            "Mend --endpoint-name, --ready-condition or the template"
        )
    return sorted(at - served[endpoints[name]] for name, at in readiness.at.items())
