"""From everything that a pass knows to the status that it writes, once."""

from endpoint_operator.api.conditions import ConditionType, is_true, merged
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.spec import Mode
from endpoint_operator.api.status import (
    CostStatus,
    DeployedImage,
    EndpointStatus,
    InferenceEndpointStatus,
    Phase,
    PlannedCall,
    RolloutStatus,
    RolloutVariant,
    ServerlessStatus,
    VariantStatus,
)
from endpoint_operator.planning.artifact_condition import with_artifact_condition
from endpoint_operator.planning.billed import cost_status
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.concurrency import ServerlessCapacity
from endpoint_operator.planning.condition_table import conditions_of
from endpoint_operator.planning.cost import PriceSource
from endpoint_operator.planning.desired import desired_state, tags_digest
from endpoint_operator.planning.facts import Facts, LiveEndpoint, LiveStatus, LiveVariant, OperatorInputs
from endpoint_operator.planning.failures import failed
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.history import timestamp, with_row
from endpoint_operator.planning.inputs.condition import with_inputs_condition
from endpoint_operator.planning.models_told import with_models
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.plan import Memory, Plan, Situation
from endpoint_operator.planning.retirement import with_way_out
from endpoint_operator.planning.scaling.told import with_autoscaling
from endpoint_operator.planning.scaling.trouble import passes_by
from endpoint_operator.planning.steps import (
    CreateEndpoint,
    CreateEndpointConfig,
    DeleteEndpoint,
    Step,
    SyncTags,
    UpdateEndpoint,
    UpdateEndpointWeightsAndCapacities,
)
from endpoint_operator.planning.undocumented import with_undocumented

# api.md: status.plannedCalls.
MOST_PLANNED_CALLS = 20

_PHASES = {
    Situation.SERVING: Phase.READY,
    Situation.CREATING: Phase.CREATING,
    Situation.REMAKING: Phase.CREATING,
    Situation.UPDATING: Phase.UPDATING,
    Situation.ROLLED_BACK: Phase.STALLED,
    Situation.USER_FAULT: Phase.STALLED,
    Situation.STOPPED: Phase.STOPPED,
    Situation.DELETING: Phase.DELETING,
}


def status_of(
    endpoint: InferenceEndpoint, *, facts: Facts, plan: Plan, outcome: Outcome, inputs: OperatorInputs
) -> InferenceEndpointStatus:
    """The status after this pass. Equal to the old one when nothing changed."""
    old = endpoint.status
    if passes_by(plan, outcome.fault):
        return with_autoscaling(endpoint, old, facts=facts, plan=plan, outcome=outcome, inputs=inputs)
    plan = _with_fault(endpoint, plan, outcome.fault)
    if plan.situation == Situation.UNKNOWN:
        return old
    memory = _memory(endpoint, facts, plan, outcome, inputs)
    known = _endpoint_status(endpoint, facts, plan, outcome, inputs)
    variants = _variants(facts.live) if facts.aws_fault is None else old.variants
    shadow = _shadow(facts.live) if facts.aws_fault is None else old.shadow
    available = _available(old, facts, plan, outcome)
    conditions = conditions_of(
        plan.situation,
        reason=plan.reason,
        message=plan.message,
        available=available,
        generation=endpoint.generation,
        now=facts.now,
    )
    status = InferenceEndpointStatus(
        observed_generation=endpoint.generation,
        phase=_phase(plan.situation, facts.live),
        instance_count=_instance_count(variants, shadow),
        selector=f"inference.endpoint-operator.dev/endpoint={endpoint.name}",
        endpoint=known,
        revisions=list(memory.revisions),
        variants=variants,
        shadow=shadow,
        autoscaling=list(memory.scaling) if memory.scaling is not None else old.autoscaling,
        cost=_cost(old, facts, memory),
        rollout=_with_progress(memory.rollout, facts),
        planned_calls=[_planned(step) for step in plan.held_back[:MOST_PLANNED_CALLS]],
        export=old.export,
        conditions=merged(old.conditions, conditions),
    )
    status = with_autoscaling(endpoint, status, facts=facts, plan=plan, outcome=outcome, inputs=inputs)
    status = with_artifact_condition(endpoint, status, facts.looks, now=timestamp(facts.now))
    status = with_inputs_condition(endpoint, status, inputs.seen, now=timestamp(facts.now))
    status = with_models(endpoint, status, inputs, now=timestamp(facts.now))
    return with_undocumented(endpoint, status, inputs.memory, now=timestamp(facts.now))


def _with_fault(endpoint: InferenceEndpoint, plan: Plan, fault: Fault | None) -> Plan:
    """The plan as it went: a step that failed says more than the step that was meant."""
    if fault is None:
        return plan
    situation = Situation.USER_FAULT if fault.stalls else Situation.WORLD_FAULT
    if endpoint.being_deleted and not fault.stalls:
        situation = Situation.DELETING
    elif fault.blame == Blame.BUSY:
        situation = plan.situation
    message = with_way_out(fault.message) if endpoint.being_deleted and fault.stalls else fault.message
    return Plan(situation=situation, reason=fault.reason, message=message, steps=plan.steps, memory=plan.memory)


def _memory(endpoint: InferenceEndpoint, facts: Facts, plan: Plan, outcome: Outcome, inputs: OperatorInputs) -> Memory:
    as_it_is = Memory(revisions=tuple(endpoint.status.revisions), rollout=endpoint.status.rollout)
    if outcome.fault is None:
        return plan.memory or as_it_is
    desired = None if endpoint.being_deleted else desired_state(endpoint, inputs)
    row = endpoint.status.revision(desired.revision) if desired is not None else None
    if desired is None or row is None or outcome.fault.blame != Blame.USER or not _is_rollout(plan):
        return as_it_is
    case = Case(endpoint=endpoint, desired=desired, facts=facts)
    return Memory(revisions=with_row(as_it_is.revisions, failed(row, outcome.fault, case)))


def _is_rollout(plan: Plan) -> bool:
    """Whether the plan deploys a revision; that of a recreation makes it and then deletes the endpoint."""
    deploys = any(isinstance(step, CreateEndpoint | UpdateEndpoint) for step in plan.steps)
    makes = any(isinstance(step, CreateEndpointConfig) for step in plan.steps)
    return deploys or (makes and any(isinstance(step, DeleteEndpoint) for step in plan.steps))


def _endpoint_status(
    endpoint: InferenceEndpoint, facts: Facts, plan: Plan, outcome: Outcome, inputs: OperatorInputs
) -> EndpointStatus | None:
    known = _as_seen(endpoint, facts, plan, inputs)
    for step in outcome.done:
        match step:
            case CreateEndpoint():
                known = EndpointStatus(
                    name=step.name,
                    arn=outcome.endpoint_arn,
                    status=LiveStatus.CREATING,
                    config_name=step.config_name,
                    invocation_url=_invocation_url(step.name, inputs, asynchronous=endpoint.spec.mode == Mode.ASYNC),
                    tags_digest=tags_digest(step.tags),
                )
            case UpdateEndpoint() | UpdateEndpointWeightsAndCapacities() if known is not None:
                known = known.model_copy(update={"status": LiveStatus.UPDATING})
            case DeleteEndpoint() if known is not None:
                known = known.model_copy(update={"status": LiveStatus.DELETING})
            case SyncTags() if known is not None:
                known = known.model_copy(update={"tags_digest": tags_digest(step.tags)})
            case _:
                pass
    return known


def _as_seen(endpoint: InferenceEndpoint, facts: Facts, plan: Plan, inputs: OperatorInputs) -> EndpointStatus | None:
    old, live = endpoint.status.endpoint, facts.live
    if facts.foreign is not None or plan.forget_endpoint:
        return None
    if live is None or facts.aws_fault is not None:
        return old
    return EndpointStatus(
        name=live.name,
        arn=live.arn,
        status=LiveStatus.UPDATING if plan.reads_lag else live.status,
        config_name=live.config_name,
        invocation_url=_invocation_url(live.name, inputs, asynchronous=live.asynchronous),
        failure_reason=live.failure_reason,
        asynchronous=live.asynchronous or None,
        creation_time=live.created,
        last_modified_time=live.modified,
        tags_digest=old.tags_digest if old is not None and not plan.forget_tags else None,
    )


def _invocation_url(name: str, inputs: OperatorInputs, *, asynchronous: bool) -> str:
    """Of InvokeEndpoint, or of InvokeEndpointAsync, which is all that an asynchronous endpoint answers."""
    return f"{inputs.runtime_url}/endpoints/{name}/{'async-' if asynchronous else ''}invocations"


def _variants(live: LiveEndpoint | None) -> list[VariantStatus]:
    return [_variant(variant) for variant in live.variants] if live is not None else []


def _cost(old: InferenceEndpointStatus, facts: Facts, memory: Memory) -> CostStatus | None:
    if facts.aws_fault is not None:
        return old.cost
    cost = cost_status(facts.live, {row.name: row for row in memory.revisions}, facts.prices)
    listed = old.cost is not None and old.cost.source == PriceSource.PRICE_LIST
    if listed and cost is not None and cost.source != PriceSource.PRICE_LIST and old.variants == _variants(facts.live):
        return old.cost  # a process that has just begun has not heard of the price list yet: that is no news
    return cost


def _shadow(live: LiveEndpoint | None) -> VariantStatus | None:
    return _variant(live.shadow) if live is not None and live.shadow is not None else None


def _instance_count(variants: list[VariantStatus], shadow: VariantStatus | None) -> int | None:
    """None where there is nothing, or what there is has no instances."""
    everything = [*variants, shadow] if shadow is not None else variants
    fleet = [variant for variant in everything if variant.current_serverless is None]
    return sum(variant.current_instance_count or 0 for variant in fleet) if fleet else None


def _with_progress(rollout: RolloutStatus | None, facts: Facts) -> RolloutStatus | None:
    if rollout is None or facts.live is None or facts.aws_fault is not None:
        return rollout
    variants = [
        RolloutVariant(
            name=variant.name,
            stage=variant.stage,
            message=variant.message,
            since=variant.since,
            current_instance_count=variant.current_count,
            desired_instance_count=variant.desired_count,
        )
        for variant in facts.live.pending
    ]
    return rollout.model_copy(update={"variants": variants})


def _planned(step: Step) -> PlannedCall:
    return PlannedCall(operation=type(step).__name__, resource=step.name)


def _variant(variant: LiveVariant) -> VariantStatus:
    return VariantStatus(
        name=variant.name,
        current_weight=variant.current_weight,
        desired_weight=variant.desired_weight,
        current_instance_count=variant.current_count,
        desired_instance_count=variant.desired_count,
        current_serverless=_serverless(variant.current_serverless),
        desired_serverless=_serverless(variant.desired_serverless),
        instance_pools=dict(variant.pools) or None,
        images=[
            DeployedImage(specified_image=image.specified, resolved_image=image.resolved) for image in variant.images
        ],
    )


def _serverless(capacity: ServerlessCapacity | None) -> ServerlessStatus | None:
    if capacity is None:
        return None
    return ServerlessStatus(
        memory_mb=capacity.memory_mb,
        max_concurrency=capacity.concurrency.maximum,
        provisioned_concurrency=capacity.concurrency.provisioned,
    )


def _available(old: InferenceEndpointStatus, facts: Facts, plan: Plan, outcome: Outcome) -> bool:
    if facts.aws_fault is not None:
        return is_true(old.conditions, ConditionType.AVAILABLE)
    if facts.live is None or facts.foreign is not None or plan.forget_endpoint:
        return False
    return facts.live.serves and not outcome.did(DeleteEndpoint)


def _phase(situation: Situation, live: LiveEndpoint | None) -> Phase:
    if situation in (Situation.PAUSED_IN_STEP, Situation.PAUSED_BEHIND):
        return Phase.READY if live is not None and live.serves else Phase.PENDING
    if situation == Situation.WORLD_FAULT:
        if live is None:
            return Phase.PENDING
        return Phase.UPDATING if live.serves else Phase.CREATING
    return _PHASES[situation]
