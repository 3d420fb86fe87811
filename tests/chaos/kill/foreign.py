"""What is in the account and not ours: nothing of it may change, whoever dies."""

from collections.abc import Iterable, Iterator
from typing import Any

from devworld.environment import ACCOUNT, REGION
from devworld.recipes import EXECUTION_ROLE
from devworld.simulator_control import SimulatorControl
from devworld.world import World
from tests.controlplane.deadlines import until
from tests.integration.vocabulary.specs import INSTANCE_TYPE, REGISTRY

_TAG = "inference.endpoint-operator.dev"


def make_foreign(world: World, namespaces: Iterable[str]) -> None:
    """Model, config and endpoint without tags, and some with another cluster's; returns when they serve.

    The other cluster has the same namespaces and the same objects in them, as clusters made from one repository do.
    """
    sagemaker = world.boto3("sagemaker")
    try:
        _make(sagemaker, "somebodys", {})
        for namespace in namespaces:
            tags = {
                f"{_TAG}/managed-by": "endpoint-operator",
                f"{_TAG}/cluster": "another-cluster",
                f"{_TAG}/object": f"{namespace}/ucreate",
                f"{_TAG}/uid": "11111111-2222-3333-4444-555555555555",
            }
            _make(sagemaker, f"another-{namespace}", tags)
    finally:
        sagemaker.close()
    until(lambda: _all_serve(world.simulator), what="the foreign endpoints InService", within_seconds=30)


def estate(simulator: SimulatorControl) -> dict[str, Any]:
    """Everything in SageMaker, whatever reads say."""
    nothing: dict[str, Any] = {"endpoints": {}, "endpointConfigs": {}, "models": {}, "tags": {}}
    found: dict[str, Any] = simulator.state()["sagemaker"].get(f"{ACCOUNT}/{REGION}", nothing)
    return found


def _make(sagemaker: Any, name: str, tags: dict[str, str]) -> None:
    more: dict[str, Any] = {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]} if tags else {}
    container = {"Image": f"{REGISTRY}/sim-null:1"}
    sagemaker.create_model(ModelName=name, PrimaryContainer=container, ExecutionRoleArn=EXECUTION_ROLE, **more)
    variant = {"VariantName": "v", "ModelName": name, "InstanceType": INSTANCE_TYPE, "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant], **more)
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name, **more)


def _all_serve(simulator: SimulatorControl) -> bool:
    return all(each["EndpointStatus"] == "InService" for each in estate(simulator)["endpoints"].values())


def differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """What is there no more, or otherwise, or new; every member counts."""
    for kind in before:
        for name in sorted({*before[kind], *after[kind]}):
            was, now = before[kind].get(name), after[kind].get(name)
            if was != now:
                yield f"  {kind} {name}: was {was}, is {now}"
