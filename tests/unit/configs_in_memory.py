"""What endpoint configs and their variants say, in the words of planning: read by the state machine of the walks."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from endpoint_operator.planning.concurrency import Concurrency, ServerlessCapacity
from endpoint_operator.planning.facts import LiveEndpoint, LiveVariant
from endpoint_operator.planning.single_precision import single_precision
from endpoint_operator.planning.steps import CreateEndpointConfig, CreateModel, UpdateEndpointWeightsAndCapacities


def models_of(config: CreateEndpointConfig) -> list[str]:
    return [str(item["ModelName"]) for item in items_of(config)]


def begun(item: dict[str, Any]) -> LiveVariant:
    """A variant as its endpoint config lets it begin: no instances yet."""
    weight = single_precision(item["InitialVariantWeight"])
    config = item.get("ServerlessConfig")
    serverless = None
    if config is not None:
        assert not {"InstanceType", "InitialInstanceCount"} & item.keys(), "SageMaker takes one or the other"
        concurrency = Concurrency(maximum=config["MaxConcurrency"], provisioned=config.get("ProvisionedConcurrency"))
        serverless = ServerlessCapacity(memory_mb=config["MemorySizeInMB"], concurrency=concurrency)
    return LiveVariant(
        name=item["VariantName"],
        current_count=0 if serverless is None else None,
        desired_count=item["InitialInstanceCount"] if serverless is None else None,
        current_weight=weight,
        desired_weight=weight,
        current_serverless=serverless,
        desired_serverless=serverless,
    )


def retained(before: LiveVariant | None, new: LiveVariant) -> LiveVariant:
    """Counts and weights are kept (VariantPropertyType); concurrency is that of the new endpoint config."""
    if before is None:
        return new
    kept = replace(new, current_weight=before.current_weight, desired_weight=before.desired_weight)
    if before.desired_serverless is not None or new.desired_serverless is not None:
        return kept
    return replace(kept, current_count=before.current_count, desired_count=before.desired_count)


def to_count(live: LiveEndpoint, variant: LiveVariant, count: int) -> UpdateEndpointWeightsAndCapacities:
    serverless = variant.desired_serverless
    if serverless is None:
        return UpdateEndpointWeightsAndCapacities(name=live.name, instance_counts={variant.name: count})
    change = replace(serverless.concurrency, provisioned=count)
    return UpdateEndpointWeightsAndCapacities(name=live.name, concurrencies={variant.name: change})


def images_of(model: CreateModel) -> list[str]:
    containers = model.request.get("Containers") or [model.request["PrimaryContainer"]]
    return [container.get("Image", "") for container in containers]


def is_asynchronous(config: CreateEndpointConfig) -> bool:
    return "AsyncInferenceConfig" in config.request


def is_serverless(config: CreateEndpointConfig) -> bool:
    return any("ServerlessConfig" in item for item in items_of(config))


def items_of(config: CreateEndpointConfig) -> Iterator[dict[str, Any]]:
    yield from config.request["ProductionVariants"]
    yield from config.request.get("ShadowProductionVariants", ())


def shadow_of(config: CreateEndpointConfig) -> LiveVariant | None:
    return next((begun(item) for item in config.request.get("ShadowProductionVariants", ())), None)
