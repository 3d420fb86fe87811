"""What there is before the first InferenceModel: archives, an endpoint for them, and other endpoints beside it."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from devworld.prerequisites import make_execution_role
from devworld.world import World
from tests.bench.fleet import GROUP, NAMESPACE, VERSION, Subject, names_of
from tests.bench.ours import OurOperator
from tests.bench.scenario import LATENCY_MS
from tests.controlplane.expected import ExpectedError

SOURCES: Final = "bench-sources"
MODELS: Final = "bench-models"
PREFIX: Final = "models/"
# Somebody else's, under the prefix: the operator leaves it alone.
NEIGHBOUR: Final = f"{PREFIX}read-me.txt"
ENDPOINT: Final = "tenants"
# Creations are not what is measured here: SageMaker is quick about them.
CREATING_SECONDS: Final = (2.0, 4.0)
_PUT_AT_ONCE: Final = 4

TENANTS: Final = Subject(
    template=f"""\
apiVersion: {GROUP}/{VERSION}
kind: InferenceEndpoint
metadata: {{name: $name, namespace: {NAMESPACE}}}
spec:
  mode: MultiModel
  containers: [{{image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/sim-null:1"}}]
  multiModel: {{s3Prefix: "s3://{MODELS}/{PREFIX}"}}
  instance: {{type: ml.m5.large, count: 1}}
"""
)


def prepare(world: World, *, models: int, beside: int) -> None:
    """In AWS: role, quotas, buckets, a source for each model. AWS takes its time from then on."""
    make_execution_role(world)
    world.simulator.configure(quotas={"ml.m5.large/endpoint": 10 * beside + 1000})
    s3 = world.boto3("s3")
    for bucket in (SOURCES, MODELS):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=MODELS, Key=NEIGHBOUR, Body=b"not a model")

    def put_source(name: str) -> None:
        s3.put_object(Bucket=SOURCES, Key=_source(name), Body=f"the model of {name}".encode())

    with ThreadPoolExecutor(_PUT_AT_ONCE) as threads:
        for _ in threads.map(put_source, model_names(models)):
            pass
    dice = random.Random(beside)  # noqa: S311 - no secret
    for name in [*names_of(beside), ENDPOINT]:
        seconds = dice.uniform(*CREATING_SECONDS)
        world.simulator.next(OurOperator.subject.endpoint_name(name), result="InService", seconds=seconds)
    world.simulator.configure(latencyMs=LATENCY_MS)


def model_names(count: int) -> list[str]:
    return [f"m{index:05d}" for index in range(count)]


def documents(names: list[str]) -> Iterator[dict[str, Any]]:
    """The objects of these models; none asks for warm-ups."""
    for name in names:
        yield {
            "apiVersion": f"{GROUP}/{VERSION}",
            "kind": "InferenceModel",
            "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {
                "endpointRef": {"name": ENDPOINT},
                "modelId": f"tenant-{name}",
                "source": {"s3Uri": f"s3://{SOURCES}/{_source(name)}"},
            },
        }


def check_published(world: World, names: list[str]) -> None:
    """There is one object for each of these models and none besides; a few of them answer. Raises ExpectedError."""
    keys = _keys(world, MODELS)
    if NEIGHBOUR not in keys:
        raise ExpectedError(f"s3://{MODELS}/{NEIGHBOUR}, which is no model's, is gone")
    targets = {key.removeprefix(PREFIX).split("/")[0]: key.removeprefix(PREFIX) for key in keys if key != NEIGHBOUR}
    wanted = {f"tenant-{name}" for name in names}
    if targets.keys() != wanted or len(keys) != len(wanted) + 1:
        lost, left = sorted(wanted - targets.keys()), sorted(targets.keys() - wanted)
        raise ExpectedError(
            f"{len(keys)} objects are in s3://{MODELS} and {len(wanted) + 1} should be: "
            f"{len(lost)} models have none ({lost[:3]}), {len(left)} are nobody's any more ({left[:3]})"
        )
    runtime = world.boto3("sagemaker-runtime")
    for model_id in sorted(wanted)[:: max(1, len(wanted) - 1)]:
        runtime.invoke_endpoint(
            EndpointName=TENANTS.endpoint_name(ENDPOINT),
            TargetModel=targets[model_id],
            ContentType="application/json",
            Body=b"{}",
        )


def check_sources(world: World, count: int) -> None:
    """They are the users', whatever becomes of the models. Raises ExpectedError."""
    left = len(_keys(world, SOURCES))
    if left != count:
        raise ExpectedError(f"{left} of {count} sources are left in s3://{SOURCES}")


def _source(name: str) -> str:
    return f"{name}/model.tar.gz"


def _keys(world: World, bucket: str) -> list[str]:
    pages = world.boto3("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [row["Key"] for page in pages for row in page.get("Contents", [])]
