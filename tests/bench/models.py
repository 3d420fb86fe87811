"""The benchmark's part on InferenceModels: all at once until Ready, at rest, over a restart, and all deleted."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devworld.world import World
from tests.bench import modelperiods
from tests.bench.counters import Counted
from tests.bench.fleet import Cluster, Readiness, names_of, until_all_ready
from tests.bench.modelobjects import Applied, ModelObjects
from tests.bench.modelperiods import Everything
from tests.bench.modelworld import (
    CREATING_SECONDS,
    ENDPOINT,
    TENANTS,
    check_published,
    check_sources,
    documents,
    model_names,
    prepare,
)
from tests.bench.options import ModelSize
from tests.bench.ours import OurOperator, OurOperatorRunning
from tests.bench.scenario import at_work, nothing_broke

_SECONDS_A_THING: Final = 0.5
_SECONDS_AT_LEAST: Final = 300.0


@dataclass(frozen=True, kw_only=True)
class ModelFigures:
    """Of one run; durations in seconds."""

    models: int
    beside: int
    applying: float
    """From before the first was applied until the API server had taken the last."""
    all_ready: float
    """From before the first was applied."""
    apply_to_ready: list[float]
    """Of each model, sorted."""
    publishing: Counted
    rest_seconds: float
    rest_speed: float
    """By how much the operator's periods were divided at rest."""
    rest: Counted
    restart_seen: float | None
    restart: Counted
    all_gone: float
    """From before the first was deleted."""
    deleting: Counted


def run(size: ModelSize, directory: Path) -> ModelFigures:
    """One world of so many models, from nothing to nothing. Raises ExpectedError."""
    with at_work(directory, OurOperator()) as (world, _):
        prepare(world, models=size.models, beside=size.beside)
        return asyncio.run(_measure(world, OurOperatorRunning(world), size))


async def _measure(world: World, running: OurOperatorRunning, size: ModelSize) -> ModelFigures:
    cluster = await Cluster.connect(world.control_plane.kubeconfig)
    try:
        await cluster.make_namespace()
        await _endpoints(cluster, running, size)
        return await _models(world, running, ModelObjects(cluster.api_client), size)
    finally:
        await cluster.close()


async def _endpoints(cluster: Cluster, running: OurOperatorRunning, size: ModelSize) -> None:
    """All of them Ready; nothing of it is measured."""
    readiness, names = Readiness(), names_of(size.beside)
    watching = asyncio.create_task(cluster.watch_readiness(OurOperator.subject, readiness))
    try:
        await cluster.apply(TENANTS, [ENDPOINT])
        await cluster.apply(OurOperator.subject, names)
        seconds = _patience(len(names)) + max(CREATING_SECONDS)
        await until_all_ready(readiness, [ENDPOINT, *names], seconds=seconds, check=nothing_broke(running, watching))
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _models(world: World, running: OurOperatorRunning, objects: ModelObjects, size: ModelSize) -> ModelFigures:
    names, there = model_names(size.models), Everything(models=size.models, endpoints=size.beside + 1)
    counters = running.counters()
    mark = counters.mark()
    applied, readiness = await _until_published(running, objects, names)
    publishing = counters.since(mark)
    await asyncio.to_thread(check_published, world, names)
    resting = await modelperiods.rest(world, running, there)
    restart = await modelperiods.restart(world, running, there)
    counters = running.counters()
    mark, began = counters.mark(), time.time()
    await objects.delete(names)
    await objects.until_gone(seconds=_patience(len(names)), check=running.check)
    all_gone = time.time() - began
    deleting = counters.since(mark)
    await asyncio.to_thread(check_published, world, [])
    await asyncio.to_thread(check_sources, world, size.models)
    return ModelFigures(
        models=size.models,
        beside=size.beside,
        applying=max(applied.at.values()) - applied.began,
        all_ready=max(readiness.at.values()) - applied.began,
        apply_to_ready=sorted(round(readiness.at[name] - at, 3) for name, at in applied.at.items()),
        publishing=publishing,
        rest_seconds=resting.seconds,
        rest_speed=resting.speed,
        rest=resting.counted,
        restart_seen=restart.seen_after,
        restart=restart.counted,
        all_gone=all_gone,
        deleting=deleting,
    )


async def _until_published(
    running: OurOperatorRunning, objects: ModelObjects, names: list[str]
) -> tuple[Applied, Readiness]:
    readiness = Readiness()
    watching = asyncio.create_task(objects.watch_readiness(readiness))
    try:
        applied = await objects.apply(documents(names))
        check = nothing_broke(running, watching)
        await until_all_ready(readiness, names, seconds=_patience(len(names)), check=check)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    return applied, readiness


def _patience(count: int) -> float:
    return _SECONDS_AT_LEAST + _SECONDS_A_THING * count
