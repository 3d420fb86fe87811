"""Words for tests of models with several containers: servers that say their names, and metrics by container."""

import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.simulator.world import ECR, ROLE, World

SERVER = Path(__file__).parent / "hosting" / "contract_server.py"
IMAGE = f"{ECR}/contract:1"


def container(name: str, *, hostname: str | None = None, **environment: str) -> dict[str, Any]:
    """A container whose server answers NAME(body)."""
    named = {"ContainerHostname": hostname} if hostname is not None else {}
    return {"Image": IMAGE, "Environment": {"NAME": name, **environment}, **named}


def given_model(
    world: World, containers: Sequence[Any], *, mode: str | None = None, program: str | None = None
) -> None:
    """Model m1 of these containers; `program` in Python takes the place of the contract server."""
    command = [str(SERVER)] if program is None else ["-c", program]
    world.settings(images=[IMAGE], servers={IMAGE: {"command": [sys.executable, *command]}})
    world.given_role()
    members: dict[str, Any] = {} if mode is None else {"InferenceExecutionConfig": {"Mode": mode}}
    world.sagemaker.create_model(
        ModelName="m1",
        ExecutionRoleArn=ROLE,
        Containers=containers,
        **members,
    )


def given_endpoint(
    world: World, containers: Sequence[Any], *, mode: str | None = None, program: str | None = None
) -> None:
    """Endpoint e1 of such a model, in service."""
    given_model(world, containers, mode=mode, program=program)
    world.given_config()
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    world.finish("e1", "InService")


def ask(world: World, body: bytes = b"x", **members: Any) -> bytes:
    answer = world.runtime.invoke_endpoint(EndpointName="e1", Body=body, **members)
    return answer["Body"].read()


def metrics(world: World, metric: str, *, namespace: str = "AWS/SageMaker", **dimensions: str) -> tuple[float, float]:
    """How many datapoints the metric of e1 has, and their sum."""
    cloudwatch = world.client("cloudwatch")
    now = datetime.fromisoformat(world.do("GET", "/clock")["time"])
    named = {"EndpointName": "e1", "VariantName": "AllTraffic", **dimensions}
    points = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in named.items()],
        StartTime=now - timedelta(days=1),
        EndTime=now + timedelta(days=1),
        Period=86400,
        Statistics=["SampleCount", "Sum"],
    )["Datapoints"]
    cloudwatch.close()
    return sum(point["SampleCount"] for point in points), sum(point["Sum"] for point in points)
