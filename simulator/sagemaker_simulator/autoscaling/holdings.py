"""The holdings of every account and region, and how their things are named."""

import uuid

from sagemaker_simulator.clock import Clock
from sagemaker_simulator.wire.request import Caller

from .records import Holding, TargetKey

_ROLE = (
    "role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
)


class Holdings:
    """All holdings, and the clock that dates what happens in them."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._holdings: dict[tuple[str, str], Holding] = {}

    def of(self, caller: Caller) -> Holding:
        return self.at(account=caller.account, region=caller.region)

    def at(self, *, account: str, region: str) -> Holding:
        key = (account, region)
        if key not in self._holdings:
            self._holdings[key] = Holding(account, region)
        return self._holdings[key]

    def all(self) -> list[Holding]:
        return list(self._holdings.values())

    def clear(self) -> None:
        self._holdings.clear()


def role_arn(holding: Holding) -> str:
    """Return the service-linked role, which is what scales whatever role was asked for."""
    return f"arn:{_partition(holding)}:iam::{holding.account}:{_ROLE}"


def target_arn(holding: Holding) -> str:
    part = uuid.uuid4().hex[:32]
    return (
        f"arn:{_partition(holding)}:application-autoscaling:{holding.region}:{holding.account}:scalable-target/{part}"
    )


def policy_arn(holding: Holding, key: TargetKey, name: str) -> str:
    return f"{_owned(holding, 'scalingPolicy')}:resource/sagemaker/{key.resource_id}:policyName/{name}"


def schedule_arn(holding: Holding, key: TargetKey, name: str) -> str:
    return f"{_owned(holding, 'scheduledAction')}:resource/sagemaker/{key.resource_id}:scheduledActionName/{name}"


def _owned(holding: Holding, kind: str) -> str:
    return f"arn:{_partition(holding)}:autoscaling:{holding.region}:{holding.account}:{kind}:{uuid.uuid4()}"


def _partition(holding: Holding) -> str:
    return "aws-cn" if holding.region.startswith("cn-") else "aws"
