"""What AWS holds of what the operator makes, whatever reads say; all of it, or what is about one endpoint."""

import dataclasses
import textwrap
from collections.abc import Iterator
from typing import Any

from devworld.environment import ACCOUNT, REGION
from devworld.simulator_control import SimulatorControl
from tests.chaos.kill.stored import Stored

_HERE = f"{ACCOUNT}/{REGION}"
_WIDTH = 400
# Alarms flip by themselves.
_OF_ALARMS_STATE = "State"
# An alarm that wakes an endpoint from zero: this, then the endpoint's name.
WAKE_UP_ALARM = "endpoint-operator-wake-up-"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Estate:
    """As Describe answers it: by name, tags by ARN, policies and schedules by target and name."""

    endpoints: dict[str, Any]
    configs: dict[str, Any]
    models: dict[str, Any]
    tags: dict[str, Any]
    targets: dict[str, Any]
    policies: dict[str, Any]
    schedules: dict[str, Any]
    alarms: dict[str, Any]

    def about(self, endpoint: str) -> "Estate":
        """What carries the endpoint's name."""
        kinds = dataclasses.asdict(self)
        return Estate(
            **{
                kind: {name: each for name, each in found.items() if is_about(_name(kind, name), endpoint)}
                for kind, found in kinds.items()
            }
        )

    def names(self) -> list[str]:
        """Of everything."""
        return [name for found in dataclasses.asdict(self).values() for name in found]


def is_about(resource: str | None, endpoint: str) -> bool:
    """Whether it is the endpoint's name, or begins with it and a hyphen, or names one of its variants as Application
    Auto Scaling does: endpoint/NAME/variant/VARIANT, in names of its alarms too; or is the alarm that wakes it.

    Of a model, whose folder in S3 (BUCKET/PREFIX/NAME) stands for the name: whether it lies there.
    """
    if "/" in endpoint:
        return (resource or "").startswith(f"{endpoint}/")
    kind, slash, rest = (resource or "").removeprefix(WAKE_UP_ALARM).partition("/")
    name = rest.partition("/")[0] if slash and kind.endswith("endpoint") else kind
    return name == endpoint or name.startswith(f"{endpoint}-")


def estate_of(simulator: SimulatorControl) -> Estate:
    """The whole."""
    state = simulator.state()
    sagemaker = state["sagemaker"].get(_HERE, {})
    scaling = state["applicationAutoscaling"].get(_HERE, {})
    alarms = state["cloudwatch"]["alarms"].get(_HERE, {})
    return Estate(
        endpoints=sagemaker.get("endpoints", {}),
        configs=sagemaker.get("endpointConfigs", {}),
        models=sagemaker.get("models", {}),
        tags=sagemaker.get("tags", {}),
        targets={each["ResourceId"]: each for each in scaling.get("scalableTargets", ())},
        policies={f"{each['ResourceId']}/{each['PolicyName']}": each for each in scaling.get("scalingPolicies", ())},
        schedules={
            f"{each['ResourceId']}/{each['ScheduledActionName']}": each for each in scaling.get("scheduledActions", ())
        },
        alarms={name: _without_state(alarm) for name, alarm in alarms.items()},
    )


def differences(before: Estate | Stored, after: Estate | Stored) -> Iterator[str]:
    """What is there no more, or otherwise, or new; every member counts."""
    were: dict[str, Any] = dataclasses.asdict(before)
    are: dict[str, Any] = dataclasses.asdict(after)
    for kind in were:
        for name in sorted({*were[kind], *are[kind]}):
            was, now = were[kind].get(name), are[kind].get(name)
            if was != now:
                yield f"  {kind} {name}: was {_short(was)}, is {_short(now)}"


def _short(document: object) -> str:
    return textwrap.shorten(str(document), width=_WIDTH, placeholder=" ...")


def _name(kind: str, name: str) -> str:
    return name.rpartition("/")[2] if kind == "tags" else name


def _without_state(alarm: dict[str, Any]) -> dict[str, Any]:
    return {member: value for member, value in alarm.items() if not member.startswith(_OF_ALARMS_STATE)}
