"""Models whose source is a directory: packed by a Job, refused in words, and gone without a trace."""

import io
import json
import tarfile
from typing import Any

from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.kubernetes_objects import GROUP, VERSION
from tests.integration.vocabulary.model import Model
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import BUCKET
from tests.integration.vocabulary.specs import FAST_IMAGE

FILES = {"model.bin": b"weights" * 100, "code/inference.py": b"print()"}
# What Triton takes: a version, and what says which backend runs it.
TRITON = {"1/model.py": b"class TritonPythonModel: ...", "config.pbtxt": b'backend: "python"'}


def an_endpoint(world: Scene) -> Endpoint:
    spec = {
        "mode": "MultiModel",
        "containers": [{"image": FAST_IMAGE}],
        "multiModel": {"s3Prefix": f"s3://{BUCKET}/{world.namespace}/models/"},
        "instance": {"type": "ml.m5.large", "count": 1},
    }
    return world.given_spec(spec, name="tenants").settles()


def given_directory(world: Scene, files: dict[str, bytes]) -> str:
    for path, content in files.items():
        world.shared.put_artifact(f"{world.namespace}/sources/churn/{path}", content)
    return f"s3://{BUCKET}/{world.namespace}/sources/churn/"


def given_triton_model(world: Scene, source: str) -> Model:
    body = {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "InferenceModel",
        "metadata": {"name": "churn", "namespace": world.namespace},
        "spec": {"endpointRef": {"name": "tenants"}, "source": {"s3Uri": source, "layout": "Triton"}},
    }
    world.kubectl("apply", "-f", "-", stdin=json.dumps(body))
    return Model(world, "churn")


def look_again(world: Scene) -> None:
    word = f"{GROUP}/reconcile-at=now"
    world.kubectl("annotate", "inferencemodel", "churn", "-n", world.namespace, word)


def published(world: Scene) -> dict[str, dict[str, bytes]]:
    """Files by the key that their archive is published under."""
    s3, prefix = world.boto3("s3"), f"{world.namespace}/models/"
    keys = [row["Key"] for row in s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])]
    bodies = {key.removeprefix(prefix): s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}
    return {key: _files(body) for key, body in bodies.items()}


def unfinished_uploads(world: Scene) -> list[Any]:
    rows = world.boto3("s3").list_multipart_uploads(Bucket=BUCKET, Prefix=f"{world.namespace}/").get("Uploads", [])
    return list(rows)


def jobs(world: Scene) -> str:
    return str(world.kubectl("get", "jobs,pods", "-n", world.namespace, "-o", "name")).strip()


def test_a_directory_is_packed_published_and_replaced(world: Scene) -> None:
    an_endpoint(world)
    source = given_directory(world, FILES)
    model = Model(world, "churn").apply(endpoint="tenants", source=source).settles()
    first = model.status["targetModel"]
    assert published(world) == {first: FILES}
    given_directory(world, {"model.bin": b"other weights"})
    look_again(world)
    world.until(lambda: model.status["targetModel"] != first, "the new content under a key of its own")
    assert published(world)[model.status["targetModel"]] == {**FILES, "model.bin": b"other weights"}


def test_a_directory_that_triton_would_not_load_stalls_its_model_with_the_packers_sentence(world: Scene) -> None:
    an_endpoint(world)
    source = given_directory(world, {"1/model.py": b""})
    model = given_triton_model(world, source)
    assert "config.pbtxt" in model.stalls("PackingFailed")
    given_directory(world, TRITON)
    look_again(world)
    model.settles()
    packed = {f"churn/{path}": content for path, content in TRITON.items()}
    assert published(world)[model.status["targetModel"]] == packed


def test_a_model_that_is_deleted_while_it_is_packed_leaves_nothing(world: Scene) -> None:
    an_endpoint(world)
    source = given_directory(world, FILES)
    fault = world.simulator.add_fault(match={"service": "s3", "operation": "UploadPart"}, hold=True)
    model = Model(world, "churn").apply(endpoint="tenants", source=source)
    world.until(lambda: unfinished_uploads(world), "the packer at work")
    model.delete().is_gone()
    world.simulator.end_faults(fault)
    world.until(lambda: jobs(world) == "", "Job and Pods gone")
    assert unfinished_uploads(world) == []
    assert published(world) == {}


def _files(body: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        contents = {member.name: archive.extractfile(member) for member in archive}
        return {name: content.read() for name, content in contents.items() if content is not None}
