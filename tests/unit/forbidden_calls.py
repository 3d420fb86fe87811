"""What no caller may ever ask of SageMaker, as sentences: nothing where a call is allowed."""

from collections.abc import Collection, Iterator

from endpoint_operator.planning.facts import LiveEndpoint, LiveVariant
from endpoint_operator.planning.scaling.steps import RegisterScalableTarget
from endpoint_operator.planning.scaling.wanted import PROVISIONED_CONCURRENCY
from endpoint_operator.planning.single_precision import equal_weights
from endpoint_operator.planning.steps import CreateEndpointConfig, UpdateEndpoint, UpdateEndpointWeightsAndCapacities
from tests.unit.configs_in_memory import is_asynchronous, is_serverless, items_of


def in_change(step: UpdateEndpointWeightsAndCapacities, live: LiveEndpoint) -> Iterator[str]:
    """Of weights and capacities."""
    if bool(step.weights) + len(step.instance_counts) + len(step.concurrencies) != 1:
        yield "neither weights alone nor the capacity of one variant were changed"
    for variant in live.all_variants:
        weight = step.weights.get(variant.name)
        if weight is not None and equal_weights(weight, variant.desired_weight):
            yield f"the weight of {variant.name} was changed to what it is"
        yield from _in_capacity(step, variant)
    if not {*step.weights, *step.instance_counts, *step.concurrencies} <= {each.name for each in live.all_variants}:
        yield "a variant was changed that is not there"


def in_registration(step: RegisterScalableTarget, variant: LiveVariant) -> Iterator[str]:
    """Only what a variant has can be scaled."""
    serverless = variant.desired_serverless
    if (step.resource.dimension == PROVISIONED_CONCURRENCY) != (serverless is not None):
        yield f"{step.resource.dimension} was registered for {variant.name}, which has none"
    elif serverless is not None and serverless.concurrency.provisioned is None:
        yield f"{variant.name} has no provisioned concurrency that could be scaled"


def in_move(before: CreateEndpointConfig | None, after: CreateEndpointConfig) -> Iterator[str]:
    """What SageMaker refuses of an update, or nobody has written down that it takes."""
    if before is None:
        return
    if is_serverless(after) and not is_serverless(before):
        yield "UpdateEndpoint from instances to serverless"
    if is_asynchronous(before) != is_asynchronous(after):
        yield "UpdateEndpoint between an asynchronous endpoint and another"


def in_guard(
    step: UpdateEndpoint, live: LiveEndpoint, after: CreateEndpointConfig, *, alarms: Collection[str]
) -> Iterator[str]:
    """SageMaker guards a rollout only between the same variants, by alarms that exist."""
    deployment = step.deployment_config or {}
    routing = deployment.get("BlueGreenUpdatePolicy", {}).get("TrafficRoutingConfiguration", {})
    guarded = "RollingUpdatePolicy" in deployment or routing.get("Type", "ALL_AT_ONCE") != "ALL_AT_ONCE"
    if guarded and {item["VariantName"] for item in items_of(after)} != {each.name for each in live.all_variants}:
        yield "a guarded rollout between different variants"
    watching = watching_alarms(step)
    if not set(watching) <= set(alarms):
        yield f"a rollout is to be watched by alarms that do not exist: {watching}"


def in_removal(
    before: CreateEndpointConfig | None, after: CreateEndpointConfig, *, registered: Collection[str]
) -> Iterator[str]:
    """SageMaker neither removes a variant that is registered for autoscaling nor changes its instance type."""
    types = [_instance_types(config) for config in (before, after)]
    for name in registered:
        if name in types[0] and types[0][name] != types[1].get(name):
            yield f"UpdateEndpoint removes {name} or its instance type while it is registered"


def watching_alarms(step: UpdateEndpoint) -> list[str]:
    """Names of the alarms that are to watch the rollout."""
    rollback = (step.deployment_config or {}).get("AutoRollbackConfiguration", {})
    return [item["AlarmName"] for item in rollback.get("Alarms", ())]


def _in_capacity(step: UpdateEndpointWeightsAndCapacities, variant: LiveVariant) -> Iterator[str]:
    serverless, wanted = variant.desired_serverless, step.concurrencies.get(variant.name)
    if variant.name in step.instance_counts and serverless is not None:
        yield f"instances were asked for {variant.name}, which is serverless"
    if wanted is None:
        return
    if serverless is None:
        yield f"concurrency was asked for {variant.name}, which runs on instances"
    elif (wanted.provisioned or serverless.concurrency.provisioned or 0) > wanted.maximum:
        yield f"more concurrency was provisioned for {variant.name} than its maximum"


def _instance_types(config: CreateEndpointConfig | None) -> dict[str, str]:
    """By variant; a serverless one has none, which is a type too."""
    items = items_of(config) if config is not None else ()
    return {item["VariantName"]: item.get("InstanceType", "serverless") for item in items}
