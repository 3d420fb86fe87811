"""Looks at a model's source and at what is published, over HTTP with boto3."""

from typing import Any

import pytest

from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.models.artifacts import ModelArtifacts
from endpoint_operator.aws.models.faults import source_spot
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.models.facts import Absent, PublishedSeen, SourceSeen
from tests.aws.model_world import CLUSTER, DENIED, SLOW_DOWN, SOURCE, TARGET, ours, put, target, with_buckets
from tests.simulator.world import World

DIRECTORY = "s3://sources/tenant/"


@pytest.fixture
def world(empty_world: World) -> World:
    return with_buckets(empty_world)


@pytest.fixture
def artifacts(calls: Calls) -> ModelArtifacts:
    return ModelArtifacts(calls)


async def test_an_archive_is_seen_with_its_etag_and_size(artifacts: ModelArtifacts, world: World) -> None:
    etag = put(world, SOURCE, b"bytes")
    assert await artifacts.source(source_spot(SOURCE)) == SourceSeen(etag=etag, size_bytes=5, is_directory=False)


async def test_a_directory_is_its_files_on_all_pages_and_nothing_else(artifacts: ModelArtifacts, world: World) -> None:
    for number in range(1003):
        put(world, f"{DIRECTORY}{number:04}.bin", b"12")
    put(world, "s3://sources/tenant-of-another-name/x", b"not below it")
    before = await artifacts.source(source_spot(DIRECTORY))
    assert isinstance(before, SourceSeen)
    assert (before.size_bytes, before.is_directory) == (2006, True)
    put(world, f"{DIRECTORY}folder/", b"")
    assert await artifacts.source(source_spot(DIRECTORY)) == before, "the console's mark of a folder is no file"
    put(world, f"{DIRECTORY}1002.bin", b"21")
    after = await artifacts.source(source_spot(DIRECTORY))
    assert isinstance(after, SourceSeen)
    assert after.etag != before.etag


@pytest.mark.parametrize(
    ("s3_uri", "reason", "words"),
    [
        (SOURCE, "SourceNotFound", f"there is no {SOURCE}"),
        (DIRECTORY, "SourceNotFound", f"no object below {DIRECTORY}"),
        ("s3://nowhere/x.tar.gz", "SourceNotFound", "no bucket nowhere"),
    ],
)
async def test_a_source_that_is_not_there_is_the_users_and_may_come(
    artifacts: ModelArtifacts, world: World, s3_uri: str, reason: str, words: str
) -> None:
    fault = await artifacts.source(source_spot(s3_uri))
    assert isinstance(fault, Fault)
    assert (fault.blame, fault.reason, fault.about_inputs) == (Blame.USER, reason, True)
    assert fault.message.startswith("spec.source.s3Uri: ")
    assert words in fault.message


async def test_a_source_in_another_region_is_refused_with_both_regions(artifacts: ModelArtifacts, world: World) -> None:
    elsewhere = world.client("s3", region_name="eu-central-1")
    elsewhere.create_bucket(Bucket="far", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    put(world, "s3://far/x.tar.gz")
    fault = await artifacts.source(source_spot("s3://far/x.tar.gz"))
    assert isinstance(fault, Fault)
    assert (fault.reason, fault.blame) == ("SourceInOtherRegion", Blame.USER)
    assert "in eu-central-1 and the endpoint in us-east-1" in fault.message


@pytest.mark.parametrize(
    ("operation", "error", "blame", "reason", "words"),
    [
        ("HeadObject", DENIED, Blame.OPERATOR_SETUP, "SourceForbidden", "s3:GetObject on it and s3:ListBucket"),
        ("HeadObject", SLOW_DOWN, Blame.WORLD, "Throttled", "slow down at sources"),
        ("HeadObject", {"code": "InternalError", "message": "", "status": 500}, Blame.WORLD, "AWSUnreachable", "500"),
        ("HeadObject", {"code": "BadRequest", "message": "", "status": 400}, Blame.OPERATOR_SETUP, "SourceRefused", ""),
    ],
)
async def test_each_refusal_says_whose_it_is_and_what_to_do(
    artifacts: ModelArtifacts,
    world: World,
    operation: str,
    error: dict[str, Any],
    blame: Blame,
    reason: str,
    words: str,
) -> None:
    put(world, SOURCE)
    world.fault(match={"service": "s3", "operation": operation}, error=error)
    fault = await artifacts.source(source_spot(SOURCE))
    assert isinstance(fault, Fault)
    assert (fault.blame, fault.reason) == (blame, reason)
    assert words in fault.message


async def test_without_the_right_to_ask_for_a_buckets_region_the_source_is_read_all_the_same(
    artifacts: ModelArtifacts, world: World
) -> None:
    put(world, SOURCE)
    world.fault(match={"service": "s3", "operation": "HeadBucket"}, error=DENIED)
    assert isinstance(await artifacts.source(source_spot(SOURCE)), SourceSeen)


async def test_what_is_published_says_whose_it_is(artifacts: ModelArtifacts, world: World) -> None:
    assert await artifacts.published(target()) == Absent(s3_uri=TARGET)
    etag = put(world, TARGET, b"abc", Metadata=ours())
    assert await artifacts.published(target()) == PublishedSeen(
        s3_uri=TARGET,
        etag=etag,
        size_bytes=3,
        content="content-1",
        object_name="ml/tenant-1",
        uid="uid-1",
        cluster=CLUSTER,
    )
    put(world, TARGET, b"somebody's")
    somebodys = await artifacts.published(target())
    assert isinstance(somebodys, PublishedSeen)
    assert (somebodys.content, somebodys.object_name, somebodys.uid, somebodys.cluster) == ("", "", "", "")


async def test_a_prefix_that_may_not_be_read_names_the_endpoints_field(artifacts: ModelArtifacts, world: World) -> None:
    world.fault(match={"service": "s3", "operation": "HeadObject"}, error=DENIED)
    fault = await artifacts.published(target())
    assert isinstance(fault, Fault)
    assert (fault.reason, fault.blame) == ("PrefixForbidden", Blame.OPERATOR_SETUP)
    assert fault.message.startswith("spec.multiModel.s3Prefix of InferenceEndpoint models: ")
    assert "s3:PutObject" in fault.message


async def test_many_models_from_one_bucket_ask_for_its_region_once(artifacts: ModelArtifacts, world: World) -> None:
    put(world, SOURCE)
    for _ in range(3):
        await artifacts.source(source_spot(SOURCE))
    asked = [row["operation"] for row in world.calls()]
    assert asked.count("HeadBucket") == 1
