"""The passes that the operator will make, walked in memory: pure planning, pass after pass, nothing carried out.

A pass makes at most one step that changes the fleet, and remembers what it is about to make in a pass before that one.
Whoever asks what applying a file does wants all of it, so each pass is followed by the next on the object and the
facts as they will be then, with SageMaker taken to succeed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.identity import FINALIZER
from endpoint_operator.planning.concurrency import Concurrency, ServerlessCapacity
from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.facts import Facts, LiveEndpoint, LiveStatus, LiveVariant, OperatorInputs
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.plan import FinalizerChange, Plan, Situation
from endpoint_operator.planning.scaling.foresight import nothing_registered, scaling_after
from endpoint_operator.planning.scaling.steps import ScalableResource
from endpoint_operator.planning.scaling.wanted import scalable_resource
from endpoint_operator.planning.status import status_of
from endpoint_operator.planning.steps import (
    CreateEndpoint,
    CreateEndpointConfig,
    CreateModel,
    DeleteEndpoint,
    Step,
    SyncTags,
    UpdateEndpoint,
    UpdateEndpointWeightsAndCapacities,
)

_FORESEEN = "foreseen "

# The longest way (tags, another count, a revision, its clearing up) takes eight passes; a loop would be a bug.
MOST_PASSES = 20


class NoEnd(Exception):
    """Planning came to no rest: a bug of the operator."""


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """`plan` holds every call until the object is at rest; `in_the_end` is what the last pass says of it."""

    plan: Plan
    in_the_end: Plan


def foresee(endpoint: InferenceEndpoint, facts: Facts, inputs: OperatorInputs) -> Foreseen:
    """Raises NoEnd."""
    plans: list[Plan] = []
    for _ in range(MOST_PASSES):
        plan = make_plan(endpoint, facts, inputs)
        plans.append(plan)
        after = _after(endpoint, facts, plan, inputs)
        if not plan.steps and after == endpoint:
            return Foreseen(plan=_together(plans), in_the_end=plan)
        endpoint, facts = after, _facts_after(facts, plan.steps, inputs)
        if endpoint.being_deleted and not endpoint.has_finalizer:
            return Foreseen(plan=_together(plans), in_the_end=plan)
    raise NoEnd(f"{endpoint.object_name}: the plan comes to no end after {MOST_PASSES} passes; please report this")


def _together(plans: Sequence[Plan]) -> Plan:
    """One plan with the calls of all: the situation of the first that makes some, and every sentence on the way."""
    steps = tuple(_each_made_once([step for plan in plans for step in plan.steps]))
    if not steps:
        return plans[-1]
    last = max(index for index, plan in enumerate(plans) if plan.steps)
    on_the_way = [plan for plan in plans[: last + 1] if plan.steps or plan.situation != Situation.SERVING]
    first = next(plan for plan in plans if plan.steps)
    message = "; ".join(dict.fromkeys(plan.message for plan in on_the_way))
    return replace(first, steps=steps, message=message)


def _each_made_once(steps: Sequence[Step]) -> Iterator[Step]:
    """What is made before an endpoint goes is found again when the next one is made."""
    made: set[tuple[type, str]] = set()
    for step in steps:
        part = (type(step), step.name)
        if isinstance(step, CreateModel | CreateEndpointConfig):
            if part in made:
                continue
            made.add(part)
        yield step


def _after(endpoint: InferenceEndpoint, facts: Facts, plan: Plan, inputs: OperatorInputs) -> InferenceEndpoint:
    """The object once the pass has written what it writes."""
    outcome = Outcome(done=plan.steps, endpoint_arn=_arn(endpoint, facts, plan, inputs))
    status = status_of(endpoint, facts=facts, plan=plan, outcome=outcome, inputs=inputs)
    finalizers = endpoint.finalizers
    if plan.finalizer is FinalizerChange.ADD:
        finalizers = (*finalizers, FINALIZER)
    elif plan.finalizer is FinalizerChange.REMOVE:
        finalizers = tuple(name for name in finalizers if name != FINALIZER)
    return replace(endpoint, status=status, finalizers=finalizers)


def _facts_after(facts: Facts, steps: Sequence[Step], inputs: OperatorInputs) -> Facts:
    live = facts.live
    for step in steps:
        live = _live_after(live, step, steps, facts, inputs)
    missing = facts.consistency_window_seconds if live is None and steps else facts.missing_seconds
    names = {step.name for step in steps}
    return replace(
        facts,
        live=live,
        scaling=scaling_after(nothing_registered(facts.scaling, _new_variants(facts.live, live)), steps),
        missing_seconds=missing,
        missing_parts=frozenset(part for part in facts.missing_parts if part.name not in names),
        foreign=None if any(isinstance(step, SyncTags) for step in steps) else facts.foreign,
        tags_drifted=facts.tags_drifted and not steps,
        orphans=tuple(orphan for orphan in facts.orphans if orphan.name not in names),
    )


def _new_variants(before: LiveEndpoint | None, after: LiveEndpoint | None) -> list[ScalableResource]:
    """Variants that the steps make: nothing is registered for them."""
    known = {variant.name for variant in before.all_variants} if before is not None else set()
    variants = after.all_variants if after is not None else ()
    name = after.name if after is not None else ""
    return [scalable_resource(endpoint_name=name, variant=each.name) for each in variants if each.name not in known]


def _live_after(
    live: LiveEndpoint | None, step: Step, steps: Sequence[Step], facts: Facts, inputs: OperatorInputs
) -> LiveEndpoint | None:
    """The endpoint once SageMaker has done the step."""
    match step:
        case CreateEndpoint():
            return _created(step, steps, facts, inputs)
        case UpdateEndpoint() if live is not None:
            return _updated(live, _config(step.config_name, steps))
        case UpdateEndpointWeightsAndCapacities() if live is not None:
            return replace(
                live,
                modified=_later(live.modified),
                variants=tuple(_changed(variant, step) for variant in live.variants),
                shadow=_changed(live.shadow, step) if live.shadow is not None else None,
            )
        case DeleteEndpoint():
            return None
        case _:
            return live


def _created(step: CreateEndpoint, steps: Sequence[Step], facts: Facts, inputs: OperatorInputs) -> LiveEndpoint:
    config = _config(step.config_name, steps)
    return LiveEndpoint(
        name=step.name,
        arn=_endpoint_arn(step.name, facts, inputs),
        status=LiveStatus.IN_SERVICE,
        config_name=step.config_name,
        created="when applied",
        modified="when applied",
        variants=tuple(_begun(variant) for variant in config.request["ProductionVariants"]),
        shadow=_shadow(config),
        asynchronous=_is_asynchronous(config),
    )


def _is_asynchronous(config: CreateEndpointConfig) -> bool:
    return "AsyncInferenceConfig" in config.request


def _config(name: str, steps: Sequence[Step]) -> CreateEndpointConfig:
    return next(each for each in steps if isinstance(each, CreateEndpointConfig) and each.name == name)


def _shadow(config: CreateEndpointConfig) -> LiveVariant | None:
    return next((_begun(variant) for variant in config.request.get("ShadowProductionVariants", ())), None)


def _begun(variant: Mapping[str, Any]) -> LiveVariant:
    count, weight = variant.get("InitialInstanceCount"), variant["InitialVariantWeight"]
    serverless = _serverless(variant.get("ServerlessConfig"))
    return LiveVariant(
        name=variant["VariantName"],
        current_count=count,
        desired_count=count,
        current_weight=weight,
        desired_weight=weight,
        current_serverless=serverless,
        desired_serverless=serverless,
    )


def _serverless(config: Mapping[str, int] | None) -> ServerlessCapacity | None:
    if config is None:
        return None
    concurrency = Concurrency(maximum=config["MaxConcurrency"], provisioned=config.get("ProvisionedConcurrency"))
    return ServerlessCapacity(memory_mb=config["MemorySizeInMB"], concurrency=concurrency)


def _updated(live: LiveEndpoint, config: CreateEndpointConfig) -> LiveEndpoint:
    """All variant properties are retained: what serves under a name keeps its count and weight, not its concurrency."""
    before = {variant.name: variant for variant in live.variants}
    begun = [_begun(variant) for variant in config.request["ProductionVariants"]]
    return replace(
        live,
        status=LiveStatus.IN_SERVICE,
        config_name=config.name,
        modified=_later(live.modified),
        failure_reason=None,
        asynchronous=_is_asynchronous(config),
        variants=tuple(_retained(before.get(variant.name), variant) for variant in begun),
        shadow=_shadow(config),
    )


def _retained(before: LiveVariant | None, begun: LiveVariant) -> LiveVariant:
    """Counts and weights are what SageMaker retains (API reference, VariantPropertyType)."""
    if before is None:
        return begun
    kept = replace(begun, current_weight=before.current_weight, desired_weight=before.desired_weight)
    if before.is_serverless or begun.is_serverless:
        return kept
    return replace(kept, current_count=before.current_count, desired_count=before.desired_count)


def _later(modified: str) -> str:
    """Another time than before: compared for equality only, and as short as a status takes."""
    count = int(modified.removeprefix(_FORESEEN)) if modified.startswith(_FORESEEN) else 0
    return f"{_FORESEEN}{count + 1}"


def _changed(variant: LiveVariant, step: UpdateEndpointWeightsAndCapacities) -> LiveVariant:
    count = step.instance_counts.get(variant.name, variant.desired_count)
    weight = step.weights.get(variant.name, variant.desired_weight)
    changed = replace(variant, current_count=count, desired_count=count, current_weight=weight, desired_weight=weight)
    concurrency, serverless = step.concurrencies.get(variant.name), variant.desired_serverless
    if concurrency is None or serverless is None:
        return changed
    provisioned = concurrency.provisioned or serverless.concurrency.provisioned
    after = replace(serverless, concurrency=Concurrency(maximum=concurrency.maximum, provisioned=provisioned))
    return replace(changed, current_serverless=after, desired_serverless=after)


def _arn(endpoint: InferenceEndpoint, facts: Facts, plan: Plan, inputs: OperatorInputs) -> str | None:
    created = next((step for step in plan.steps if isinstance(step, CreateEndpoint)), None)
    if created is not None:
        return _endpoint_arn(created.name, facts, inputs)
    return endpoint.status.endpoint.arn if endpoint.status.endpoint is not None else None


def _endpoint_arn(name: str, facts: Facts, inputs: OperatorInputs) -> str:
    """Only its account is looked at by planning; it is printed nowhere."""
    return f"arn:aws:sagemaker:{inputs.region}:{facts.account}:endpoint/{name.lower()}"
