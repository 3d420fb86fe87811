"""What SageMaker remembers of models, endpoint configs and endpoints. Immutable: a change is a new record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sagemaker_simulator.serverless.serverless_config import ServerlessConfig


class Status(StrEnum):
    """EndpointStatus (DescribeEndpoint in the SageMaker API reference)."""

    CREATING = "Creating"
    IN_SERVICE = "InService"
    UPDATING = "Updating"
    ROLLING_BACK = "RollingBack"
    UPDATE_ROLLBACK_FAILED = "UpdateRollbackFailed"
    OUT_OF_SERVICE = "OutOfService"
    FAILED = "Failed"
    DELETING = "Deleting"


IN_PROGRESS = frozenset({Status.CREATING, Status.UPDATING, Status.ROLLING_BACK, Status.DELETING})
ABLE_TO_SERVE = frozenset({Status.IN_SERVICE, Status.UPDATING, Status.ROLLING_BACK, Status.UPDATE_ROLLBACK_FAILED})


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model: `definition` is what CreateModel asked for, with the defaults that DescribeModel shows.

    `containers` are those that run, in order: a model package in the definition stands for its own container.
    """

    name: str
    arn: str
    created: datetime
    definition: Mapping[str, Any]
    containers: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class EndpointConfig:
    """An endpoint config: `definition` is what CreateEndpointConfig asked for, with defaults."""

    name: str
    arn: str
    created: datetime
    definition: Mapping[str, Any]

    @property
    def variants(self) -> list[Mapping[str, Any]]:
        return list(self.definition["ProductionVariants"])

    @property
    def shadows(self) -> list[Mapping[str, Any]]:
        return list(self.definition.get("ShadowProductionVariants", []))


class Stage(StrEnum):
    """What a variant is going through (ProductionVariantStatus in the SageMaker API reference)."""

    CREATING = "Creating"
    UPDATING = "Updating"
    DELETING = "Deleting"
    ACTIVATING_TRAFFIC = "ActivatingTraffic"
    BAKING = "Baking"


@dataclass(frozen=True, kw_only=True)
class VariantStatus:
    """VariantStatus of DescribeEndpoint: the stage, a sentence about it, and since when."""

    stage: Stage
    message: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A variant of a running endpoint. Weights are single precision, as SageMaker's model says (float).

    `pools` are the instance types that it may run on, when there is a choice; `instance_type` is the one it runs on. A
    serverless variant has an empty one, no instances, and its configs instead.
    """

    name: str
    instance_type: str
    images: tuple[Mapping[str, Any], ...]
    current_weight: float
    desired_weight: float
    current_count: int
    desired_count: int
    routing: Mapping[str, Any] | None = None
    pools: tuple[str, ...] = ()
    status: VariantStatus | None = None
    current_serverless: ServerlessConfig | None = None
    desired_serverless: ServerlessConfig | None = None


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A deployment under way (PendingDeploymentSummary).

    `reserved` is how many instances of each type it needs at most, beside those that the endpoint has.
    """

    config_name: str
    variants: tuple[Variant, ...]
    started: datetime
    shadows: tuple[Variant, ...] = ()
    reserved: Mapping[str, int] = field(default_factory=dict)
    data_capture: Mapping[str, Any] | None = None
    async_inference: Mapping[str, Any] | None = None

    @property
    def all_variants(self) -> tuple[Variant, ...]:
        """Production and shadow variants: their names differ."""
        return self.variants + self.shadows


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An endpoint. `config_name` is the one that serves; while it is being made, the one it is made from."""

    name: str
    arn: str
    config_name: str
    status: Status
    created: datetime
    modified: datetime
    variants: tuple[Variant, ...] = ()
    shadows: tuple[Variant, ...] = ()
    pending: Pending | None = None
    failure_reason: str | None = None
    last_deployment: Mapping[str, Any] | None = None
    data_capture: Mapping[str, Any] | None = None
    async_inference: Mapping[str, Any] | None = None

    @property
    def all_variants(self) -> tuple[Variant, ...]:
        """Production and shadow variants: their names differ."""
        return self.variants + self.shadows
