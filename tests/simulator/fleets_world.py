"""Words for tests of deployments: models whose real servers say their names, and invocations counted by answer."""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.simulator.world import ECR, World, variant

SERVER = Path(__file__).parent / "hosting" / "contract_server.py"
IMAGE = f"{ECR}/contract:1"


def given_servers(world: World, *names: str) -> None:
    """Models whose servers answer with their own name; simulated time stands still until it is advanced."""
    world.do("POST", "/clock", {"scale": 0.001})
    world.settings(images=[IMAGE], servers={IMAGE: {"command": [sys.executable, str(SERVER)]}})
    for name in names:
        world.given_model(name, PrimaryContainer={"Image": IMAGE, "Environment": {"NAME": name}})


def given_fleet(world: World, *, count: int = 4, **members: Any) -> None:
    """Endpoint e1 on config c-old in service; config c-new is there to move to."""
    given_servers(world, "old", "new")
    for name in ("old", "new"):
        world.given_config(f"c-{name}", ProductionVariants=[variant(model=name, count=count)], **members)
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c-old")
    world.finish("e1", "InService")


def answers(world: World, *, times: int, **members: Any) -> Counter[str]:
    """Who answered that many invocations of e1."""
    counted: Counter[str] = Counter()
    for _ in range(times):
        answer = world.runtime.invoke_endpoint(EndpointName="e1", Body=b"x", **members)
        counted[answer["Body"].read().decode().removesuffix("(x)")] += 1
    return counted


def pending(world: World) -> dict[str, Any]:
    """The one production variant of the deployment under way."""
    [shown] = world.describe()["PendingDeploymentSummary"]["ProductionVariants"]
    return dict(shown)


def stage(world: World) -> str:
    """What the pending variant is going through, or nothing once it goes through nothing."""
    summary = world.describe().get("PendingDeploymentSummary", {"ProductionVariants": [{}]})
    [shown] = summary["ProductionVariants"]
    [status] = shown.get("VariantStatus", [{"Status": ""}])
    return str(status["Status"])


def message(world: World) -> str:
    [status] = pending(world)["VariantStatus"]
    return str(status["StatusMessage"])


def reaches(world: World, wanted: str) -> None:
    """Let simulated time pass in small steps until the deployment is at the stage."""

    def there() -> bool:
        if stage(world) == wanted:
            return True
        world.advance(5)
        return stage(world) == wanted

    world.until(there, f"the deployment to be {wanted}")


def blue_green(kind: str, *, wait: int = 0, termination: int = 0, alarms: tuple[str, ...] = (), **more: Any) -> Any:
    """A DeploymentConfig; `size` and `type` are those of the canary or the linear step."""
    routing: dict[str, Any] = {"Type": kind, "WaitIntervalInSeconds": wait}
    if "size" in more:
        member = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}[kind]
        routing[member] = {"Type": more.get("type", "CAPACITY_PERCENT"), "Value": more["size"]}
    policy: dict[str, Any] = {"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": termination}
    if "maximum" in more:
        policy["MaximumExecutionTimeoutInSeconds"] = more["maximum"]
    return {"BlueGreenUpdatePolicy": policy, **_alarms(alarms)}


def rolling(*, batch: int, wait: int = 0, alarms: tuple[str, ...] = (), **more: Any) -> Any:
    """A DeploymentConfig that replaces the fleet `batch` per cent at a time."""
    policy: dict[str, Any] = {
        "MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": batch},
        "WaitIntervalInSeconds": wait,
    }
    if "rollback" in more:
        policy["RollbackMaximumBatchSize"] = {"Type": "CAPACITY_PERCENT", "Value": more["rollback"]}
    if "maximum" in more:
        policy["MaximumExecutionTimeoutInSeconds"] = more["maximum"]
    return {"RollingUpdatePolicy": policy, **_alarms(alarms)}


def update(world: World, deployment: Any, *, config: str = "c-new", **members: Any) -> None:
    world.sagemaker.update_endpoint(
        EndpointName="e1", EndpointConfigName=config, DeploymentConfig=deployment, **members
    )


def _alarms(names: tuple[str, ...]) -> dict[str, Any]:
    return {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": name} for name in names]}} if names else {}
