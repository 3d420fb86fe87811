"""The calls that a plan asks for: data that prints as JSON, carried out by the AWS room."""

from dataclasses import asdict, dataclass, field
from typing import Any

from endpoint_operator.planning.concurrency import Concurrency
from endpoint_operator.planning.scaling.steps import ScalingStep


@dataclass(frozen=True, kw_only=True)
class CreateModel:
    name: str
    request: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class CreateEndpointConfig:
    name: str
    request: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class CreateEndpoint:
    name: str
    config_name: str
    tags: dict[str, str]
    overrides: dict[str, Any] = field(default_factory=dict)
    """Members that the user asks for beside."""


@dataclass(frozen=True, kw_only=True)
class UpdateEndpoint:
    """Always retains all variant properties: counts and weights that the spec asks for follow in place."""

    name: str
    config_name: str
    retain_all_variant_properties: bool = True
    deployment_config: dict[str, Any] | None = None
    """DeploymentConfig: how the new fleet takes over. None: SageMaker's default, all at once."""
    overrides: dict[str, Any] = field(default_factory=dict)
    """Members that the user asks for beside."""


@dataclass(frozen=True, kw_only=True)
class UpdateEndpointWeightsAndCapacities:
    """The weights of several variants or the capacity of one: SageMaker takes no more in one call."""

    name: str
    weights: dict[str, float] = field(default_factory=dict)
    instance_counts: dict[str, int] = field(default_factory=dict)
    concurrencies: dict[str, Concurrency] = field(default_factory=dict)
    """Of serverless variants."""


@dataclass(frozen=True, kw_only=True)
class SyncTags:
    """ListTags, then AddTags and DeleteTags where they differ; tags of AWS itself (aws:) are left alone."""

    name: str
    arn: str
    tags: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class DeleteEndpoint:
    name: str
    created: str
    """CreationTime of the endpoint that is meant: one that was made again under the same name is not deleted."""


@dataclass(frozen=True, kw_only=True)
class DeleteEndpointConfig:
    name: str


@dataclass(frozen=True, kw_only=True)
class DeleteModel:
    name: str


@dataclass(frozen=True, kw_only=True)
class PutMetricAlarm:
    """Made, or found there and ours: the name is its content."""

    name: str
    request: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class DeleteAlarm:
    """Where it is there and ours."""

    name: str


Step = (
    ScalingStep
    | CreateModel
    | CreateEndpointConfig
    | CreateEndpoint
    | UpdateEndpoint
    | UpdateEndpointWeightsAndCapacities
    | SyncTags
    | DeleteEndpoint
    | DeleteEndpointConfig
    | DeleteModel
    | PutMetricAlarm
    | DeleteAlarm
)

# Steps after which SageMaker is at work on the endpoint, and refuses others until it is done.
FLEET_STEPS = (CreateEndpoint, UpdateEndpoint, UpdateEndpointWeightsAndCapacities, DeleteEndpoint)


def as_json(step: Step) -> dict[str, Any]:
    """The step as it prints: operation, then its members."""
    return {"operation": type(step).__name__, **asdict(step)}
