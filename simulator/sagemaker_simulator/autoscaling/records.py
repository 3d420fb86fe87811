"""What Application Auto Scaling remembers. Immutable: a change is a new record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

NAMESPACE: Final = "sagemaker"
INSTANCE_COUNT: Final = "sagemaker:variant:DesiredInstanceCount"
PROVISIONED_CONCURRENCY: Final = "sagemaker:variant:DesiredProvisionedConcurrency"


@dataclass(frozen=True, order=True)
class TargetKey:
    """What names a scalable target."""

    resource_id: str
    scalable_dimension: str

    @property
    def endpoint(self) -> str:
        return self.resource_id.split("/")[1]

    @property
    def variant(self) -> str:
        return self.resource_id.split("/")[3]

    @property
    def scaled(self) -> str:
        """What is scaled, as activities say it."""
        of_serverless = self.scalable_dimension == PROVISIONED_CONCURRENCY
        return "desired provisioned concurrency" if of_serverless else "desired instance count"

    def shown(self) -> dict[str, str]:
        """Return the three members by which every answer names the target."""
        return {
            "ServiceNamespace": NAMESPACE,
            "ResourceId": self.resource_id,
            "ScalableDimension": self.scalable_dimension,
        }


@dataclass(frozen=True, kw_only=True)
class Target:
    """A scalable target. `owes`: why the count is still to be brought between min and max, None when it is not."""

    key: TargetKey
    arn: str
    minimum: int
    maximum: int
    role_arn: str
    created: datetime
    suspended: Mapping[str, bool]
    owes: str | None = None


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A scaling policy: `configuration` is the one of its type."""

    key: TargetKey
    name: str
    arn: str
    type: str
    configuration: Mapping[str, Any]
    created: datetime
    alarms: tuple[str, ...] = ()  # those that Application Auto Scaling made itself


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A scheduled action. `definition` holds Schedule, Timezone, StartTime, EndTime, ScalableTargetAction."""

    key: TargetKey
    name: str
    arn: str
    created: datetime
    definition: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Activity:
    """A scaling activity: from which count to which, and how it went."""

    id: str
    key: TargetKey
    description: str
    cause: str
    started: datetime
    before: int
    after: int
    status: str
    policy: str | None = None  # the policy that asked for it, None for limits and schedules
    ended: datetime | None = None
    message: str | None = None

    @property
    def grows(self) -> bool:
        return self.after > self.before


@dataclass
class Holding:
    """Everything of one account and region. Activities are oldest first."""

    account: str
    region: str
    targets: dict[TargetKey, Target] = field(default_factory=dict)
    policies: dict[tuple[TargetKey, str], Policy] = field(default_factory=dict)
    schedules: dict[tuple[TargetKey, str], Schedule] = field(default_factory=dict)
    activities: dict[TargetKey, list[Activity]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
