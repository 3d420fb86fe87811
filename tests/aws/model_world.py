"""What the tests of models in S3 begin with: two buckets, an archive, and the object that wants it published."""

from dataclasses import replace
from typing import Any

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.aws.models.faults import Spot, prefix_spot
from endpoint_operator.planning.models.ownership import metadata_of
from endpoint_operator.planning.models.steps import CopyObject
from tests.simulator.world import World

CLUSTER = "cluster-1"
ENDPOINT = "models"
SOURCE = "s3://sources/a b/ü#?+%.tar.gz"
TARGET = "s3://models/prefix/tenant-1/0123456789.tar.gz"
DENIED = {"code": "AccessDenied", "message": "User: u is not authorized to perform: it", "status": 403}
SLOW_DOWN = {"code": "SlowDown", "message": "Please reduce your request rate.", "status": 503}


def with_buckets(world: World) -> World:
    for bucket in ("sources", "models"):
        world.s3.create_bucket(Bucket=bucket)
    return world


def put(world: World, s3_uri: str, body: bytes = b"bytes", **members: Any) -> str:
    """Put an object; its ETag without quotes."""
    bucket, _, key = s3_uri.removeprefix("s3://").partition("/")
    return world.s3.put_object(Bucket=bucket, Key=key, Body=body, **members)["ETag"].strip('"')


def get(world: World, s3_uri: str) -> Any:
    bucket, _, key = s3_uri.removeprefix("s3://").partition("/")
    return world.s3.get_object(Bucket=bucket, Key=key)


def keys(world: World, bucket: str = "models") -> list[str]:
    return [row["Key"] for row in world.s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def uploads(world: World, bucket: str = "models") -> list[str]:
    return [row["Key"] for row in world.s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])]


def begin_upload(world: World, s3_uri: str) -> None:
    """Somebody begins an upload in parts and never ends it."""
    bucket, _, key = s3_uri.removeprefix("s3://").partition("/")
    world.s3.create_multipart_upload(Bucket=bucket, Key=key)


def a_model(name: str = "tenant-1", *, uid: str = "uid-1", **spec: Any) -> InferenceModel:
    wanted = {"endpointRef": {"name": ENDPOINT}, "source": {"s3Uri": SOURCE}, **spec}
    metadata = {"namespace": "ml", "name": name, "uid": uid, "resourceVersion": "1", "generation": 1}
    return InferenceModel.parse({"metadata": metadata, "spec": wanted})


def ours(model: InferenceModel | None = None, *, content: str = "content-1") -> dict[str, str]:
    return metadata_of(model or a_model(), cluster_id=CLUSTER, content=content)


def target(s3_uri: str = TARGET) -> Spot:
    return prefix_spot(s3_uri, endpoint=ENDPOINT)


def a_copy(etag: str, *, size: int = 5, **members: Any) -> CopyObject:
    step = CopyObject(source_s3_uri=SOURCE, source_etag=etag, size_bytes=size, s3_uri=TARGET, metadata=ours())
    return replace(step, **members)
