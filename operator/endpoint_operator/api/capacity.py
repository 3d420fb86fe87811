"""What a variant runs on: instances or serverless memory."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from endpoint_operator.api.schema import ApiModel, InstanceType, Overrides, atomic_list, rules, text


class RoutingStrategy(StrEnum):
    LEAST_OUTSTANDING_REQUESTS = "LeastOutstandingRequests"
    RANDOM = "Random"


class InstancePool(ApiModel):
    """An alternative instance type, AWS's remedy for InsufficientInstanceCapacity."""

    type: InstanceType
    """Instance type."""
    priority: Annotated[int, Field(ge=1, le=5)]
    """1 is tried first."""


class Instance(ApiModel):
    """The instances of a variant."""

    type: InstanceType
    """Instance type, as in ml.m5.xlarge."""
    count: Annotated[int, Field(ge=1, le=10000)] = 1
    """Number of instances; with autoscaling only the first number."""
    volume_size_gb: Annotated[Annotated[int, Field(ge=1, le=512)] | None, Field(alias="volumeSizeGB")] = None
    """Size of the volume of each instance, in GB."""
    startup_timeout_seconds: Annotated[int, Field(ge=60, le=3600)] | None = None
    """How long a container may take until it answers /ping."""
    model_download_timeout_seconds: Annotated[int, Field(ge=60, le=3600)] | None = None
    """How long fetching and unpacking the artifact may take."""
    inference_ami_version: Annotated[str, text(64, pattern="^[a-zA-Z0-9-]+$")] | None = None
    """SageMaker's InferenceAmiVersion."""
    routing_strategy: RoutingStrategy | None = None
    """How SageMaker spreads requests over the instances."""
    pools: Annotated[list[InstancePool], atomic_list(max_items=5, min_items=1)] | None = None
    """Instance types to fall back to."""
    overrides: Overrides | None = None
    """Members of SageMaker's ProductionVariant that this API does not name."""


class Serverless(ApiModel):
    """The capacity of a serverless endpoint."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            (
                "self.memoryMB % 1024 == 0",
                "serverless.memoryMB goes from 1024 to 6144 in steps of 1024",
                ".memoryMB",
            ),
            (
                "!has(self.provisionedConcurrency) || self.provisionedConcurrency <= self.maxConcurrency",
                "serverless.provisionedConcurrency is at most maxConcurrency",
                ".provisionedConcurrency",
            ),
        )
    )

    memory_mb: Annotated[int, Field(alias="memoryMB", ge=1024, le=6144)]
    """Memory in MB, from 1024 to 6144 in steps of 1024; vCPUs grow with it."""
    max_concurrency: Annotated[int, Field(ge=1, le=200)]
    """How many requests are served at once."""
    provisioned_concurrency: Annotated[int, Field(ge=1, le=200)] | None = None
    """How many of them without a cold start."""
