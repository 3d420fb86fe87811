"""Removing what was published, over HTTP with boto3: what is ours goes, and nothing else."""

import asyncio

import pytest

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.models.artifacts import ModelArtifacts
from endpoint_operator.aws.models.removal import ModelRemoval
from tests.aws.model_world import (
    CLUSTER,
    DENIED,
    TARGET,
    a_model,
    begin_upload,
    get,
    keys,
    ours,
    put,
    uploads,
    with_buckets,
)
from tests.simulator.world import World


@pytest.fixture
def world(empty_world: World) -> World:
    return with_buckets(empty_world)


@pytest.fixture
def removal(calls: Calls) -> ModelRemoval:
    return ModelRemoval(calls, ModelArtifacts(calls), cluster_id=CLUSTER)


async def test_what_is_ours_goes_also_when_the_object_was_restored_and_as_often_as_asked(
    removal: ModelRemoval, world: World
) -> None:
    put(world, TARGET, Metadata=ours(a_model(uid="before-the-restore")))
    put(world, f"{TARGET}.of-another", Metadata=ours())
    for _ in range(2):
        await removal.remove(a_model(), TARGET)
    assert keys(world) == ["prefix/tenant-1/0123456789.tar.gz.of-another"]


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        ours(a_model("tenant-2")),
        {**ours(), "endpoint-operator-cluster": "cluster-2"},
        {name: value for name, value in ours().items() if name != "endpoint-operator-cluster"},
    ],
)
async def test_what_is_not_ours_is_left_alone_and_so_are_its_uploads(
    removal: ModelRemoval, world: World, metadata: dict[str, str]
) -> None:
    put(world, TARGET, b"theirs", Metadata=metadata)
    begin_upload(world, TARGET)
    await removal.remove(a_model(), TARGET)
    assert (len(keys(world)), len(uploads(world))) == (1, 1)


async def test_parts_that_were_never_put_together_go_too(removal: ModelRemoval, world: World) -> None:
    for s3_uri in (TARGET, f"{TARGET}.of-another"):
        begin_upload(world, s3_uri)
    await removal.remove(a_model(), TARGET)
    assert uploads(world) == ["prefix/tenant-1/0123456789.tar.gz.of-another"]


async def test_somebody_elses_object_that_comes_between_our_look_and_our_deletion_stays(
    removal: ModelRemoval, world: World
) -> None:
    put(world, TARGET, b"ours", Metadata=ours())
    slow = world.fault(match={"service": "s3", "operation": "DeleteObject"}, delayMs=1500, times=1)
    removing = asyncio.create_task(removal.remove(a_model(), TARGET))
    await asyncio.to_thread(
        world.until, lambda: any(row["operation"] == "DeleteObject" for row in world.calls()), "the deletion"
    )
    put(world, TARGET, b"theirs")
    await removing
    world.do("DELETE", f"/faults/{slow}")
    assert get(world, TARGET)["Body"].read() == b"theirs"


async def test_a_prefix_that_is_gone_holds_nothing_of_ours(removal: ModelRemoval, world: World) -> None:
    world.s3.delete_bucket(Bucket="models")
    await removal.remove(a_model(), TARGET)


async def test_a_deletion_that_s3_refuses_is_not_taken_for_done(removal: ModelRemoval, world: World) -> None:
    put(world, TARGET, Metadata=ours())
    world.fault(match={"service": "s3", "operation": "DeleteObject"}, error=DENIED)
    with pytest.raises(CallFailed):
        await removal.remove(a_model(), TARGET)


async def test_a_deletion_ends_without_the_right_to_look_for_parts(removal: ModelRemoval, world: World) -> None:
    put(world, TARGET, Metadata=ours())
    world.fault(match={"service": "s3", "operation": "ListMultipartUploads"}, error=DENIED)
    await removal.remove(a_model(), TARGET)
    assert keys(world) == []
