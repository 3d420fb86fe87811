"""Words for tests of multi-model endpoints: models in S3, an endpoint over their prefix, requests for one of them."""

import json
import sys
from pathlib import Path
from typing import Any

from tests.simulator.hosting.trained_models import packed
from tests.simulator.several_containers_world import metrics
from tests.simulator.world import ECR, NULL_IMAGE, World

SERVER = Path(__file__).parent / "hosting" / "multi_model_server.py"
IMAGE = f"{ECR}/many:1"
BUCKET = "fleet"
PREFIX = f"s3://{BUCKET}/models/"


def given_bucket(world: World) -> None:
    world.s3.create_bucket(Bucket=BUCKET)


def given_object(world: World, key: str, content: bytes) -> None:
    """An object under the prefix."""
    world.s3.put_object(Bucket=BUCKET, Key=f"models/{key}", Body=content)


def given_archive(world: World, key: str, *, padding: int = 0, **behaviour: Any) -> None:
    """A model that answers NAME(body), NAME being its key where nothing else is said; see `multi_model_server`."""
    document = {"name": key, **behaviour}
    given_object(world, key, packed({"model.json": json.dumps(document).encode(), "padding": bytes(padding)}))


def many_models(image: str = IMAGE, *, prefix: str = PREFIX, cache: str | None = None, **environment: str) -> Any:
    """A container in mode MultiModel."""
    config = {} if cache is None else {"MultiModelConfig": {"ModelCacheSetting": cache}}
    return {"Image": image, "Mode": "MultiModel", "ModelDataUrl": prefix, "Environment": environment, **config}


def given_endpoint(world: World, container: Any = None, *, count: int = 1, **variant: Any) -> World:
    """Endpoint e1 over the prefix, in service, on the server of `multi_model_server`; its bucket is made too."""
    world.settings(images=[IMAGE], servers={IMAGE: {"command": [sys.executable, str(SERVER)]}})
    given_bucket(world)
    world.given_model(PrimaryContainer=container or many_models())
    world.given_config(count=count, **variant)
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "InService")
    return world


def given_null_endpoint(world: World, **more: Any) -> World:
    """Endpoint e1 over the prefix, answered in the simulator's process."""
    return given_endpoint(world, many_models(NULL_IMAGE), **more)


def ask(world: World, key: str, body: bytes = b"x", **members: Any) -> bytes:
    return world.runtime.invoke_endpoint(EndpointName="e1", TargetModel=key, Body=body, **members)["Body"].read()


def in_memory(world: World, key: str) -> list[str]:
    """What the server has in memory, as the model of that key sees it."""
    names: list[str] = json.loads(ask(world, key, b"loaded"))
    return names


def counted(world: World, name: str, **dimensions: str) -> tuple[float, float]:
    """How many datapoints a metric of e1 has, and their sum."""
    namespace = "/aws/sagemaker/Endpoints" if name == "LoadedModelCount" else "AWS/SageMaker"
    return metrics(world, name, namespace=namespace, **dimensions)
