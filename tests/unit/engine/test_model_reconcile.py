"""One pass over a model: the intent before the copy, one status write, nothing at all at rest, the finalizer last."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from endpoint_operator.api.identity import FINALIZER
from endpoint_operator.api.kinds import MODELS
from endpoint_operator.api.model import InferenceModel
from endpoint_operator.api.model_status import InferenceModelStatus
from endpoint_operator.engine.model_reconcile import ModelReconciler
from endpoint_operator.engine.ports import ClusterUnavailable, StaleObject
from endpoint_operator.engine.store import ObjectStore
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.models.decide import wanted_looks
from endpoint_operator.planning.models.facts import Absent, ModelFacts, SourceSeen, Target
from endpoint_operator.planning.models.looks import LookAtKey, LookAtSource
from endpoint_operator.planning.models.outcome import ModelOutcome
from endpoint_operator.planning.models.steps import ModelStep
from endpoint_operator.planning.stories import Story
from tests.unit.engine.given_models import a_model, a_target, key_of

KEY = key_of(a_model())


@dataclass
class World:
    """An API server with one model, and an S3 that does as it is told. `log` is every write, in order."""

    stored: InferenceModel
    target: Target | None = field(default_factory=a_target)
    fault: Fault | None = None
    down: bool = False
    seconds: float = 0.0
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = ObjectStore(MODELS)
        self.store.put(self.stored)
        self.reconciler = ModelReconciler(
            store=self.store, observer=self, executor=self, writer=self, recorder=self, gone=self.store.remove
        )

    async def passes(self, count: int) -> None:
        for _ in range(count):
            await self.reconciler.reconcile(KEY)

    async def observe(self, model: InferenceModel) -> ModelFacts:
        now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC) + timedelta(seconds=self.seconds)
        facts = ModelFacts(now=now, cluster_id="cluster-1", target=self.target)
        while looks := wanted_looks(model, facts):
            for look in looks:
                match look:
                    case LookAtSource():
                        facts = replace(facts, source=SourceSeen(etag="etag", size_bytes=10, is_directory=False))
                    case LookAtKey():
                        facts = replace(facts, published=Absent(s3_uri=look.s3_uri))
                    case _:
                        raise AssertionError(look)
        return facts

    async def carry_out(self, model: InferenceModel, steps: Sequence[ModelStep]) -> ModelOutcome:
        del model
        if self.fault is not None:
            return ModelOutcome(fault=self.fault)
        self.log.extend(type(step).__name__ for step in steps)
        return ModelOutcome(done=tuple(steps), etag="copied", size_bytes=10)

    async def add_finalizer(self, model: InferenceModel) -> InferenceModel:
        return self._write(model, "finalizer", finalizers=(*model.finalizers, FINALIZER))

    async def remove_finalizer(self, model: InferenceModel) -> InferenceModel:
        return self._write(model, "no finalizer", finalizers=())

    async def write_status(self, model: InferenceModel, status: InferenceModelStatus) -> InferenceModel:
        return self._write(model, "status", status=status)

    async def tell(self, model: InferenceModel, stories: Sequence[Story]) -> None:
        del model
        self.log.extend(f"event {story.reason}" for story in stories)

    def somebody_writes(self, **changes: Any) -> None:
        version = str(int(self.stored.resource_version) + 1)
        self.stored = replace(self.stored, resource_version=version, **changes)

    def is_edited(self, **changes: Any) -> None:
        self.somebody_writes(**changes)
        self.store.put(self.stored)

    def _write(self, model: InferenceModel, what: str, **changes: Any) -> InferenceModel:
        if self.down:
            raise ClusterUnavailable("no answer")
        if model.resource_version != self.stored.resource_version:
            raise StaleObject
        self.somebody_writes(**changes)
        self.log.append(what)
        return self.stored


def writes(world: World) -> list[str]:
    return [line for line in world.log if not line.startswith("event ")]


async def test_the_finalizer_and_the_intent_are_written_before_anything_is_copied() -> None:
    world = World(a_model())
    await world.passes(1)
    assert writes(world) == ["finalizer", "status"]
    assert world.stored.status.publishing is not None
    await world.passes(2)
    assert writes(world)[2:4] == ["CopyObject", "status"]
    assert world.stored.status.artifact_s3_uri is not None


async def test_at_rest_there_is_no_write_and_no_look() -> None:
    world = World(a_model())
    await world.passes(5)
    written = list(world.log)
    world.seconds = 3600.0
    assert await world.reconciler.reconcile(KEY) is None
    assert world.log == written


async def test_a_copy_that_failed_is_said_and_tried_again() -> None:
    world = World(a_model())
    await world.passes(1)
    world.fault = Fault(blame=Blame.WORLD, reason="Throttled", message="later")
    look = await world.reconciler.reconcile(KEY)
    assert look is not None
    assert look.back_off
    assert "Throttled" in {condition.reason for condition in world.stored.status.conditions}
    world.fault = None
    await world.passes(2)
    assert "CopyObject" in world.log


async def test_the_finalizer_goes_after_the_objects_and_without_a_status_write() -> None:
    world = World(a_model())
    await world.passes(4)
    world.is_edited(deletion_timestamp="2026-11-22T12:30:00Z")
    world.log.clear()
    assert await world.reconciler.reconcile(KEY) is None
    assert writes(world) == ["DeleteObjects", "no finalizer"]
    assert await world.reconciler.reconcile(KEY) is None
    assert writes(world) == ["DeleteObjects", "no finalizer"], "acted for before the watch said that it is gone"


async def test_a_deletion_that_failed_keeps_the_finalizer() -> None:
    world = World(a_model())
    await world.passes(4)
    world.is_edited(deletion_timestamp="2026-11-22T12:30:00Z")
    world.log.clear()
    world.fault = Fault(blame=Blame.WORLD, reason="Throttled", message="later")
    await world.passes(1)
    assert writes(world) == ["status"]


async def test_nothing_is_copied_when_the_intent_could_not_be_written() -> None:
    world = World(a_model())
    world.somebody_writes()
    with pytest.raises(StaleObject):
        await world.passes(1)
    world.down = True
    world.store.put(world.stored)
    with pytest.raises(ClusterUnavailable):
        await world.passes(1)
    assert world.log == []


async def test_a_key_of_a_model_that_is_gone_is_no_work() -> None:
    world = World(a_model())
    world.store.remove(KEY)
    assert await world.reconciler.reconcile(KEY) is None
    assert world.log == []
