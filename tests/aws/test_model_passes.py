"""Whole passes over a model with the real decisions, looks and steps, over HTTP with boto3; at rest not one call."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NoReturn

import pytest

from endpoint_operator.api.conditions import ConditionType, find, is_true
from endpoint_operator.api.model import InferenceModel
from endpoint_operator.aws.models.inventory import PublishedModels
from endpoint_operator.aws.models.rooms import ModelRooms
from endpoint_operator.aws.periods import WatchPeriods
from endpoint_operator.aws.prices import PriceBook
from endpoint_operator.aws.room import AwsRoom
from endpoint_operator.aws.rooms import AwsRooms
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.ports import NotLeading
from endpoint_operator.planning.models.decide import make_plan
from endpoint_operator.planning.models.facts import Target
from endpoint_operator.planning.models.outcome import NOTHING_DONE
from endpoint_operator.planning.models.plan import FinalizerChange
from endpoint_operator.planning.models.status import status_of
from endpoint_operator.planning.place import Place
from tests.aws.model_world import CLUSTER, SOURCE, a_model, get, keys, ours, put, with_buckets
from tests.simulator.world import REGION, World
from tests.unit.given import INPUTS

PREFIX = "s3://models/prefix/"
MOST_PASSES = 12


class NoCluster:
    """No part of the cluster is needed for an archive."""

    async def look(self, *_: object, **__: object) -> NoReturn:
        raise AssertionError("the cluster was asked")

    run = remove = look


class Passes:
    """One model and the endpoint it names, in memory."""

    def __init__(self) -> None:
        self.leading = True
        self.target: Target | None = Target(
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
        self.aws = AwsRooms(open_room=self._room, inputs=INPUTS)
        self.model = a_model()
        self.woken: list[ObjectKey] = []
        self.rooms = ModelRooms(
            rooms=self.aws,
            neighbours=self,
            model_of=lambda _: self.model,
            endpoints=list,
            published=self._published,
            wake=self.woken.append,
            templates=NoCluster(),
            packers=NoCluster(),
            cluster_id=CLUSTER,
            drain_seconds=-1.0,  # the time of a switch is written in whole seconds, and the next one is waited for
        )

    def target_of(self, _: InferenceModel) -> Target | None:
        return self.target

    def id_taken_by(self, _: InferenceModel) -> str | None:
        return None

    def edit(self, **spec: Any) -> None:
        known = self.model
        edited = a_model(**spec)
        self.model = replace(edited, status=known.status, finalizers=known.finalizers, generation=known.generation + 1)

    async def once(self) -> bool:
        """One pass; whether another one may do more."""
        facts = await self.rooms.observer.observe(self.model)
        plan = make_plan(self.model, facts)
        outcome = await self.rooms.executor.carry_out(self.model, plan.steps) if plan.steps else NOTHING_DONE
        status = status_of(self.model, facts=facts, plan=plan, outcome=outcome)
        changed = status != self.model.status or plan.finalizer is not None
        finalizers = self.model.finalizers
        if plan.finalizer is FinalizerChange.ADD:
            finalizers = ("inference.endpoint-operator.dev/aws",)
        if plan.finalizer is FinalizerChange.REMOVE and outcome.fault is None:
            finalizers = ()
        self.model = replace(self.model, status=status, finalizers=finalizers)
        return changed

    async def settle(self) -> None:
        for _ in range(MOST_PASSES):
            if not await self.once():
                return
        raise AssertionError(f"{MOST_PASSES} passes did not settle it: {self.model.status}")

    @property
    def is_ready(self) -> bool:
        return is_true(self.model.status.conditions, ConditionType.READY)

    @property
    def reason(self) -> str:
        ready = find(self.model.status.conditions, ConditionType.READY)
        return ready.reason if ready is not None else ""

    async def take_stock(self) -> None:
        await self.rooms.inventory.take_stock()

    def _published(self) -> list[PublishedModels]:
        artifact = self.model.status.artifact_s3_uri
        uris = {ObjectKey("ml", "tenant-1"): artifact} if artifact is not None else {}
        return [PublishedModels(place=Place(region=REGION), s3_prefix=PREFIX, s3_uris=uris)]

    def _room(self, place: Place | None) -> AwsRoom:
        return AwsRoom(
            region=place.region if place is not None else REGION,
            periods=WatchPeriods(),
            cluster_id=CLUSTER,
            consistency_window=0.0,
            prices=PriceBook(),
            values=NoCluster(),  # type: ignore[arg-type]
            may_write=self._may_write,
        )

    def _may_write(self) -> None:
        if not self.leading:
            raise NotLeading("the Lease is not held")


@pytest.fixture
def world(empty_world: World) -> World:
    return with_buckets(empty_world)


@pytest.fixture
def passes(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Passes]:
    for name, value in (
        ("AWS_ENDPOINT_URL", world.url),
        ("AWS_ACCESS_KEY_ID", "operator"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ):
        monkeypatch.setenv(name, value)
    made = Passes()
    yield made
    made.aws.close()


async def test_an_archive_is_published_once_and_costs_nothing_at_rest(world: World, passes: Passes) -> None:
    put(world, SOURCE, b"content 1")
    await passes.settle()
    status = passes.model.status
    assert passes.is_ready
    assert status.artifact_s3_uri == f"{PREFIX}{status.target_model}"
    made = get(world, status.artifact_s3_uri or "")
    assert (made["Body"].read(), made["ETag"].strip('"'), status.size_bytes) == (b"content 1", status.etag, 9)
    calls = len(world.calls())
    for _ in range(3):
        assert not await passes.once()
    assert len(world.calls()) == calls


async def test_new_content_gets_another_key_and_the_earlier_one_goes(world: World, passes: Passes) -> None:
    put(world, SOURCE, b"content 1")
    await passes.settle()
    first = passes.model.status.target_model
    put(world, SOURCE, b"content 2")
    passes.edit(source={"s3Uri": SOURCE, "version": "2"})
    await passes.settle()
    second = passes.model.status.target_model
    assert (passes.is_ready, first != second) == (True, True)
    assert keys(world) == [f"prefix/{second}"]


async def test_what_somebody_removed_from_s3_is_found_by_the_list_and_published_again(
    world: World, passes: Passes
) -> None:
    put(world, SOURCE, b"content 1")
    await passes.settle()
    (key,) = keys(world)
    world.s3.delete_object(Bucket="models", Key=key)
    await passes.take_stock()
    assert passes.woken == [ObjectKey("ml", "tenant-1")]
    await passes.settle()
    assert (keys(world), passes.is_ready) == ([key], True)
    calls = len(world.calls())
    await passes.once()
    assert len(world.calls()) == calls, "what the list said is over"


async def test_a_stranger_under_the_key_is_left_and_said(world: World, passes: Passes) -> None:
    put(world, SOURCE, b"content 1")
    put(world, f"{PREFIX}mine.tar.gz", b"theirs")
    passes.edit(targetModel="mine.tar.gz")
    await passes.settle()
    assert (passes.is_ready, passes.reason) == (False, "TargetModelTaken")
    assert get(world, f"{PREFIX}mine.tar.gz")["Body"].read() == b"theirs"


async def test_a_broken_triton_archive_is_never_published(world: World, passes: Passes) -> None:
    put(world, SOURCE, b"no archive")
    passes.edit(source={"s3Uri": SOURCE, "layout": "Triton"})
    await passes.settle()
    assert (passes.is_ready, passes.reason) == (False, "ArchiveInvalid")
    assert keys(world) == []


async def test_a_deletion_leaves_nothing_of_ours_and_needs_no_endpoint(world: World, passes: Passes) -> None:
    put(world, SOURCE, b"content 1")
    put(world, f"{PREFIX}of-another", Metadata=ours(a_model("tenant-2")))
    await passes.settle()
    passes.target = None
    passes.model = replace(passes.model, deletion_timestamp="2026-01-01T00:00:00Z")
    for _ in range(4):
        await passes.once()
        if not passes.model.finalizers:
            break
    assert passes.model.finalizers == ()
    assert keys(world) == ["prefix/of-another"]


async def test_nothing_is_written_without_the_lease(world: World, passes: Passes) -> None:
    put(world, SOURCE, b"content 1")
    passes.leading = False
    with pytest.raises(NotLeading):
        await passes.settle()
    assert keys(world) == []
