"""ModelDataSource: what lies in S3 is what the server finds in its model folder."""

import io
import json
import sys
import tarfile
from typing import Any

import pytest

from tests.simulator.fleets_world import IMAGE
from tests.simulator.world import World, refused

LISTER = """
import http.server, json, os, pathlib
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(b"")
    def do_POST(self):
        folder = pathlib.Path(os.environ["SM_MODEL_DIR"])
        files = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}
        self.answer(json.dumps(files).encode())
    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
"""


@pytest.fixture
def bucket(world: World) -> World:
    """A bucket with a model in pieces, the same as an archive, and names that cannot be files."""
    world.s3.create_bucket(Bucket="models")
    for key, text in {
        "v1/config.json": "{}",
        "v1/weights/part-1": "one",
        "v1/weights/part-2": "two",
        "clash/a": "file",
        "clash/a/b": "below it",
        "console/": "",
    }.items():
        world.s3.put_object(Bucket="models", Key=key, Body=text.encode())
    world.s3.put_object(Bucket="models", Key="packed/model.tar.gz", Body=archive("config.json", "{}"))
    world.settings(images=[IMAGE], servers={IMAGE: {"command": [sys.executable, "-c", LISTER]}})
    return world


def archive(name: str, text: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()


def source(uri: str, kind: str, compression: str = "None", **more: Any) -> dict[str, Any]:
    return {"S3DataSource": {"S3Uri": uri, "S3DataType": kind, "CompressionType": compression, **more}}


def files_of(world: World, data: dict[str, Any]) -> dict[str, str]:
    """What the server finds in its model folder."""
    create(world, data)
    world.finish("e1", "InService")
    answer = world.runtime.invoke_endpoint(EndpointName="e1", Body=b"")
    found: dict[str, str] = json.loads(answer["Body"].read())
    return found


def create(world: World, data: dict[str, Any]) -> None:
    world.given_model(PrimaryContainer={"Image": IMAGE, "ModelDataSource": data})
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")


def test_everything_under_a_prefix_lies_in_the_model_folder_as_it_lies_in_s3(bucket: World) -> None:
    data = source("s3://models/v1/", "S3Prefix")
    assert files_of(bucket, data) == {"config.json": "{}", "weights/part-1": "one", "weights/part-2": "two"}
    assert bucket.sagemaker.describe_model(ModelName="m1")["PrimaryContainer"]["ModelDataSource"] == data


def test_one_uncompressed_object_keeps_the_last_part_of_its_key(bucket: World) -> None:
    assert files_of(bucket, source("s3://models/v1/weights/part-1", "S3Object")) == {"part-1": "one"}


def test_a_gzip_object_is_unpacked(bucket: World) -> None:
    assert files_of(bucket, source("s3://models/packed/model.tar.gz", "S3Object", "Gzip")) == {"config.json": "{}"}


@pytest.mark.parametrize(
    ("prefix", "sentence"),
    [
        (
            "s3://models/nothing/",
            'Failed to download model data for container "container_1" from URL: "s3://models/not',
        ),
        ("s3://nobody/v1/", 'Failed to download model data for container "container_1" from URL: "s3://nobody/v1/"'),
        ("s3://models/clash/", "'a' is a file and a folder at once"),
        ("s3://models/console/", "has a part that can be no file name: ''"),
    ],
)
def test_a_prefix_that_cannot_become_a_folder_fails_the_endpoint(bucket: World, prefix: str, sentence: str) -> None:
    create(bucket, source(prefix, "S3Prefix"))
    bucket.finish("e1", "Failed")
    assert sentence in bucket.describe()["FailureReason"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (source("s3://models/v1", "S3Prefix"), "must end with a forward slash (/) when S3DataType is S3Prefix"),
        (source("s3://models/v1/", "S3Prefix", "Gzip"), "CompressionType Gzip cannot be used with S3DataType S3Prefix"),
    ],
)
def test_what_sagemaker_does_not_take_is_refused_by_create_model(
    bucket: World, data: dict[str, Any], sentence: str
) -> None:
    with refused("ValidationException", sentence):
        create(bucket, data)


def test_a_manifest_is_a_501_that_names_it(bucket: World) -> None:
    with refused("NotImplemented", "ManifestS3Uri", status=501):
        create(bucket, source("s3://models/v1/", "S3Prefix", ManifestS3Uri="s3://models/manifest.csv"))


def test_a_prefix_keeps_out_of_its_neighbours(bucket: World) -> None:
    bucket.s3.put_object(Bucket="models", Key="v1-old/config.json", Body=b"old")
    assert "old" not in files_of(bucket, source("s3://models/v1/", "S3Prefix")).values()
