"""Publishing by copies inside S3, over HTTP with boto3: in one call, in parts, twice, and with something in the way."""

import asyncio
from typing import Any

import pytest

from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.models.artifacts import ModelArtifacts
from endpoint_operator.aws.models.copy import Copied, CopyLimits, ModelCopies
from endpoint_operator.aws.models.faults import source_spot
from endpoint_operator.aws.steps import StepRefused
from endpoint_operator.planning.faults import Blame, Fault
from tests.aws.model_world import (
    DENIED,
    SLOW_DOWN,
    SOURCE,
    TARGET,
    a_copy,
    a_model,
    begin_upload,
    get,
    keys,
    ours,
    put,
    target,
    uploads,
    with_buckets,
)
from tests.simulator.world import World

MIB = 1024**2
# S3 takes no part under 5 MiB but the last one.
SMALL = CopyLimits(one_call=6 * MIB, part=5 * MIB, parts_at_once=2)
LARGE = b"0123456789abcdef" * (11 * MIB // 16) + b"end"


@pytest.fixture
def world(empty_world: World) -> World:
    return with_buckets(empty_world)


@pytest.fixture
def copies(calls: Calls) -> ModelCopies:
    return ModelCopies(calls, ModelArtifacts(calls), limits=SMALL)


async def fault_of_copy(copies: ModelCopies, etag: str, **members: Any) -> Fault:
    with pytest.raises(StepRefused) as refused:
        await copies.copy(a_copy(etag, **members), source=source_spot(SOURCE), target=target())
    return refused.value.fault


def copied_by(world: World) -> list[str]:
    changing = {"CopyObject", "CreateMultipartUpload", "UploadPartCopy", "CompleteMultipartUpload"}
    return [row["operation"] for row in world.calls() if row["operation"] in changing]


async def test_a_copy_has_the_bytes_our_metadata_and_no_tags(copies: ModelCopies, world: World) -> None:
    etag = put(world, SOURCE, b"bytes", Metadata={"theirs": "yes"}, Tagging="theirs=yes")
    assert await copies.copy(a_copy(etag), source=source_spot(SOURCE), target=target()) == Copied(
        etag=etag, size_bytes=5
    )
    made = get(world, TARGET)
    assert (made["Body"].read(), made["Metadata"], made.get("TagCount")) == (b"bytes", ours(), None)
    assert get(world, SOURCE)["Metadata"] == {"theirs": "yes"}


async def test_what_one_call_does_not_take_is_copied_in_parts(copies: ModelCopies, world: World) -> None:
    etag = put(world, SOURCE, LARGE)
    made = await copies.copy(a_copy(etag, size=len(LARGE)), source=source_spot(SOURCE), target=target())
    assert made.size_bytes == len(LARGE)
    there = get(world, TARGET)
    assert (there["Body"].read() == LARGE, there["Metadata"]) == (True, ours())
    assert copied_by(world).count("UploadPartCopy") == 3
    assert uploads(world) == []


async def test_parts_of_a_copy_that_was_killed_are_gone_and_nobody_elses(copies: ModelCopies, world: World) -> None:
    for s3_uri in (TARGET, TARGET, f"{TARGET}.other"):
        begin_upload(world, s3_uri)
    etag = put(world, SOURCE, LARGE)
    await copies.copy(a_copy(etag, size=len(LARGE)), source=source_spot(SOURCE), target=target())
    assert uploads(world) == ["prefix/tenant-1/0123456789.tar.gz.other"]


@pytest.mark.parametrize("size", [5, len(LARGE)])
async def test_a_copy_that_is_made_again_is_found_and_not_made_twice(
    copies: ModelCopies, world: World, size: int
) -> None:
    etag = put(world, SOURCE, LARGE[:size])
    first = await copies.copy(a_copy(etag, size=size), source=source_spot(SOURCE), target=target())
    assert await copies.copy(a_copy(etag, size=size), source=source_spot(SOURCE), target=target()) == first
    assert uploads(world) == []


async def test_a_copy_whose_answer_was_lost_is_done(copies: ModelCopies, world: World) -> None:
    etag = put(world, SOURCE)
    world.fault(match={"service": "s3", "operation": "CopyObject"}, dropAnswer=True, times=1)
    assert (await copies.copy(a_copy(etag), source=source_spot(SOURCE), target=target())).etag == etag


async def test_what_was_restored_from_a_backup_is_still_ours(copies: ModelCopies, world: World) -> None:
    etag = put(world, SOURCE)
    put(world, TARGET, Metadata=ours(a_model(uid="before-the-restore")))
    await copies.copy(a_copy(etag), source=source_spot(SOURCE), target=target())
    assert get(world, TARGET)["Metadata"]["endpoint-operator-uid"] == "before-the-restore"


@pytest.mark.parametrize("metadata", [{}, ours(a_model("tenant-2")), ours(content="content-2")])
@pytest.mark.parametrize("size", [5, len(LARGE)])
async def test_other_content_is_never_overwritten(
    copies: ModelCopies, world: World, metadata: dict[str, str], size: int
) -> None:
    etag = put(world, SOURCE, LARGE[:size])
    put(world, TARGET, b"theirs", Metadata=metadata)
    fault = await fault_of_copy(copies, etag, size=size)
    assert (fault.reason, fault.blame) == ("TargetModelTaken", Blame.USER)
    assert TARGET in fault.message
    assert get(world, TARGET)["Body"].read() == b"theirs"
    assert uploads(world) == []


@pytest.mark.parametrize("size", [5, len(LARGE)])
async def test_a_source_that_changed_since_it_was_looked_at_is_not_published(
    copies: ModelCopies, world: World, size: int
) -> None:
    etag = put(world, SOURCE, LARGE[:size])
    put(world, SOURCE, b"x" * size)
    fault = await fault_of_copy(copies, etag, size=size)
    assert (fault.reason, fault.blame) == ("SourceChanged", Blame.WORLD)
    assert fault.message.startswith("spec.source.s3Uri: ")
    assert (keys(world), uploads(world)) == ([], [])


async def test_a_source_that_changes_between_two_parts_is_not_published(calls: Calls, world: World) -> None:
    one_by_one = CopyLimits(one_call=6 * MIB, part=5 * MIB, parts_at_once=1)
    copies = ModelCopies(calls, ModelArtifacts(calls), limits=one_by_one)
    etag = put(world, SOURCE, LARGE)
    held = world.fault(match={"service": "s3", "operation": "UploadPartCopy"}, hold=True, times=1)
    copying = asyncio.create_task(fault_of_copy(copies, etag, size=len(LARGE)))
    await asyncio.to_thread(world.until, lambda: copied_by(world).count("UploadPartCopy"), "the first part")
    put(world, SOURCE, LARGE[::-1])
    world.do("DELETE", f"/faults/{held}")
    assert (await copying).reason == "SourceChanged"
    assert (keys(world), uploads(world)) == ([], [])


@pytest.mark.parametrize("size", [5, len(LARGE)])
async def test_a_source_that_is_gone_is_said_with_its_field(copies: ModelCopies, world: World, size: int) -> None:
    fault = await fault_of_copy(copies, "gone", size=size)
    assert (fault.reason, fault.blame) == ("SourceNotFound", Blame.USER)
    assert fault.message.startswith("spec.source.s3Uri: ")
    assert uploads(world) == []


async def test_a_prefix_that_is_gone_is_said_with_the_endpoints_field(copies: ModelCopies, world: World) -> None:
    etag = put(world, SOURCE)
    world.s3.delete_bucket(Bucket="models")
    fault = await fault_of_copy(copies, etag)
    assert (fault.reason, fault.blame) == ("PrefixNotFound", Blame.USER)
    assert fault.message.startswith("spec.multiModel.s3Prefix of InferenceEndpoint models: there is no bucket models")


@pytest.mark.parametrize(
    ("operation", "size"), [("CopyObject", 5), ("UploadPartCopy", len(LARGE)), ("CreateMultipartUpload", len(LARGE))]
)
async def test_a_missing_right_is_named_and_leaves_nothing(
    copies: ModelCopies, world: World, operation: str, size: int
) -> None:
    etag = put(world, SOURCE, LARGE[:size])
    world.fault(match={"service": "s3", "operation": operation}, error=DENIED)
    fault = await fault_of_copy(copies, etag, size=size)
    assert (fault.reason, fault.blame) == ("PrefixForbidden", Blame.OPERATOR_SETUP)
    assert "s3:PutObject" in fault.message
    assert (keys(world), uploads(world)) == ([], [])


async def test_a_source_that_may_not_be_read_is_not_taken_for_the_prefix(copies: ModelCopies, world: World) -> None:
    etag = put(world, SOURCE)
    world.fault(match={"service": "s3", "operation": "CopyObject"}, error=DENIED)
    world.fault(match={"service": "s3", "operation": "HeadObject", "resource": "sources*"}, error=DENIED)
    fault = await fault_of_copy(copies, etag)
    assert fault.reason == "SourceForbidden"


async def test_s3_that_is_slow_for_ever_is_the_worlds(copies: ModelCopies, world: World) -> None:
    etag = put(world, SOURCE)
    world.fault(match={"service": "s3", "operation": "CopyObject"}, error=SLOW_DOWN)
    fault = await fault_of_copy(copies, etag)
    assert (fault.reason, fault.blame) == ("Throttled", Blame.WORLD)


async def test_a_copy_that_takes_longer_than_a_usual_call_is_waited_for(copies: ModelCopies, world: World) -> None:
    etag = put(world, SOURCE)
    world.fault(match={"service": "s3", "operation": "CopyObject"}, delayMs=300, times=1)
    assert (await copies.copy(a_copy(etag), source=source_spot(SOURCE), target=target())).etag == etag
    assert copied_by(world) == ["CopyObject"]


def test_parts_grow_so_that_there_are_never_more_than_s3_takes() -> None:
    limits = CopyLimits()
    huge = 50 * 1024**4
    assert limits.part_for(6 * 1024**3) == 256 * MIB
    assert -(-huge // limits.part_for(huge)) <= 10_000
    assert limits.part_for(huge) <= 6 * 1024**3


def test_parts_are_no_larger_than_what_is_copied_in_one_call() -> None:
    assert CopyLimits.in_parts_above(5120 * MIB) == CopyLimits()
    small = CopyLimits.in_parts_above(5 * MIB)
    assert (small.one_call, small.part_for(5 * MIB + 1)) == (5 * MIB, 5 * MIB)
