"""What SageMaker changes without another fleet: weights, instance counts and tags."""

from endpoint_operator.api.conditions import ConditionType, find
from endpoint_operator.planning.absence import wrong_inputs
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.desired import tags_digest
from endpoint_operator.planning.drift import is_drift
from endpoint_operator.planning.facts import LiveEndpoint, LiveStatus
from endpoint_operator.planning.failures import failure_that_holds
from endpoint_operator.planning.plan import AT_ONCE, FinalizerChange, Plan, Situation
from endpoint_operator.planning.rollout import needs_update
from endpoint_operator.planning.scaling.decision import spec_owns_count
from endpoint_operator.planning.single_precision import equal_weights
from endpoint_operator.planning.steps import SyncTags, UpdateEndpointWeightsAndCapacities

TAGS_CHANGING = "TagsChanging"
TAGS_DRIFTED = "TagsDrifted"


def weights_differ(case: Case) -> Plan | None:
    """Weights change in place, whichever revision serves: all in one call.

    The shadow's, which is its share, is part of the revision too; a rollout keeps the weight that is there.
    """
    live = changeable(case)
    if live is None:
        return None
    wanted = {variant.name: variant.weight for variant in case.desired.variants}
    now = {variant.name: variant.desired_weight for variant in live.all_variants}
    changed = {name: wanted[name] for name in now if name in wanted and not equal_weights(now[name], wanted[name])}
    if not changed:
        return None
    changes = ", ".join(f"{name} {_short(now[name])} → {_short(weight)}" for name, weight in sorted(changed.items()))
    return Plan(
        situation=Situation.UPDATING,
        reason="WeightsChanging",
        message=f"weight of {changes}",
        steps=(UpdateEndpointWeightsAndCapacities(name=live.name, weights=changed),),
    )


def counts_differ(case: Case) -> Plan | None:
    """Counts change in place, one variant after the other; one that is autoscaled follows its load alone."""
    live = changeable(case)
    if live is None:
        return None
    for variant in live.all_variants:
        wanted = case.desired.variant(variant.name)
        if wanted is None or wanted.instance is None or variant.is_serverless:
            continue
        if not spec_owns_count(case, variant.name) or variant.desired_count == wanted.count:
            continue
        about = f" of {variant.name}" if len(live.all_variants) > 1 else ""
        return Plan(
            situation=Situation.UPDATING,
            reason="InstanceCountChanging",
            message=f"instance count{about} {variant.desired_count} → {wanted.count}",
            steps=(UpdateEndpointWeightsAndCapacities(name=live.name, instance_counts={variant.name: wanted.count}),),
        )
    return None


def tags_differ(case: Case) -> Plan | None:
    live, known = case.live, case.status.endpoint
    if live is None:
        return None
    put = known.tags_digest if known is not None else None
    if put == tags_digest(case.desired.tags) and not case.facts.tags_drifted:
        return None
    # First the status forgets what it knows: a crash after the call and an edit back would else leave other tags.
    steps = (SyncTags(name=live.name, arn=live.arn, tags=case.desired.tags),) if put is None else ()
    edited = not (case.facts.tags_drifted and is_drift(case.endpoint)) and _told(case) != TAGS_DRIFTED
    return Plan(
        situation=Situation.UPDATING,
        reason=TAGS_CHANGING if edited else TAGS_DRIFTED,
        message="putting the tags in step with spec.tags",
        steps=steps,
        forget_tags=True,
        finalizer=None if case.endpoint.has_finalizer else FinalizerChange.ADD,
        next_look=AT_ONCE,
    )


def _told(case: Case) -> str | None:
    """Why this generation is not Ready, as the pass before this one saw it."""
    ready = find(case.status.conditions, ConditionType.READY)
    current = ready is not None and case.status.observed_generation == case.endpoint.generation
    return ready.reason if ready is not None and current else None


def changeable(case: Case) -> LiveEndpoint | None:
    """The endpoint, where it takes a change now; never between a rollout's intent and its call."""
    live = case.live
    if live is None or live.status != LiveStatus.IN_SERVICE:
        return None
    rollout_comes_first = needs_update(case) and failure_that_holds(case) is None and wrong_inputs(case) is None
    return None if rollout_comes_first else live


def _short(weight: float | None) -> str:
    return "none" if weight is None else f"{weight:g}"
