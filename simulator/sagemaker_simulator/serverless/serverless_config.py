"""How much memory and how many requests at a time a serverless variant has, and what SageMaker refuses of that.

Bounds of the members are those of botocore's model and are checked with the request; here is what the model does not
say (ProductionVariantServerlessConfig in the SageMaker API reference). AWS publishes none of the sentences.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sagemaker_simulator.wire.errors import validation_exception

MEMORY_STEP_MB = 1024


@dataclass(frozen=True, kw_only=True)
class ServerlessConfig:
    """ServerlessConfig of a variant. `provisioned` is how many of the requests find a warm place; 0: none does."""

    memory_mb: int
    max_concurrency: int
    provisioned: int = 0

    def shown(self) -> dict[str, int]:
        """Return the config as SageMaker writes it."""
        shown = {"MemorySizeInMB": self.memory_mb, "MaxConcurrency": self.max_concurrency}
        return shown | ({"ProvisionedConcurrency": self.provisioned} if self.provisioned else {})


def serverless_of(variant: Mapping[str, Any]) -> ServerlessConfig | None:
    """Return what a ProductionVariant asks for, None for one on instances. Raises AwsError for what cannot be."""
    asked = variant.get("ServerlessConfig")
    if asked is None:
        return None
    config = ServerlessConfig(
        memory_mb=asked["MemorySizeInMB"],
        max_concurrency=asked["MaxConcurrency"],
        provisioned=asked.get("ProvisionedConcurrency", 0),
    )
    if config.memory_mb % MEMORY_STEP_MB:
        raise validation_exception(
            f"MemorySizeInMB of variant {variant['VariantName']} must be one of 1024, 2048, 3072, 4096, 5120 and 6144, "
            f"got {config.memory_mb}."
        )
    _check_provisioned(config, variant["VariantName"])
    return config


def changed(config: ServerlessConfig, update: Mapping[str, Any], *, variant: str) -> ServerlessConfig:
    """Return the config with a ServerlessUpdateConfig; what is not named stays. Raises AwsError."""
    after = replace(
        config,
        max_concurrency=update.get("MaxConcurrency", config.max_concurrency),
        provisioned=update.get("ProvisionedConcurrency", config.provisioned),
    )
    _check_provisioned(after, variant)
    return after


def _check_provisioned(config: ServerlessConfig, variant: str) -> None:
    if config.provisioned > config.max_concurrency:
        raise validation_exception(
            f"ProvisionedConcurrency ({config.provisioned}) of variant {variant} must be less than or equal to "
            f"MaxConcurrency ({config.max_concurrency})."
        )
