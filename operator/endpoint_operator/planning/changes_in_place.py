"""What SageMaker changes without another fleet: instance counts and tags."""

from endpoint_operator.planning.absence import wrong_inputs
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.desired import tags_digest
from endpoint_operator.planning.facts import LiveStatus
from endpoint_operator.planning.failures import failure_that_holds
from endpoint_operator.planning.plan import AT_ONCE, FinalizerChange, Plan, Situation
from endpoint_operator.planning.rollout import needs_update
from endpoint_operator.planning.steps import SyncTags, UpdateEndpointWeightsAndCapacities

TAGS_CHANGING = "TagsChanging"


def counts_differ(case: Case) -> Plan | None:
    """Counts change in place, whichever revision serves, but never between a rollout's intent and its call."""
    live = case.live
    if live is None or live.status != LiveStatus.IN_SERVICE or _rollout_comes_first(case):
        return None
    wanted = {
        variant.name: case.desired.counts[variant.name]
        for variant in live.variants
        if variant.name in case.desired.counts and variant.desired_count != case.desired.counts[variant.name]
    }
    if not wanted:
        return None
    changes = ", ".join(
        f"{variant.desired_count} → {wanted[variant.name]}" for variant in live.variants if variant.name in wanted
    )
    return Plan(
        situation=Situation.UPDATING,
        reason="InstanceCountChanging",
        message=f"instance count {changes}",
        steps=(UpdateEndpointWeightsAndCapacities(name=live.name, instance_counts=wanted),),
    )


def _rollout_comes_first(case: Case) -> bool:
    return needs_update(case) and failure_that_holds(case) is None and wrong_inputs(case) is None


def tags_differ(case: Case) -> Plan | None:
    live, known = case.live, case.status.endpoint
    if live is None:
        return None
    put = known.tags_digest if known is not None else None
    if put == tags_digest(case.desired.tags) and not case.facts.tags_drifted:
        return None
    # First the status forgets what it knows: a crash after the call and an edit back would else leave other tags.
    steps = (SyncTags(name=live.name, arn=live.arn, tags=case.desired.tags),) if put is None else ()
    return Plan(
        situation=Situation.UPDATING,
        reason=TAGS_CHANGING,
        message="putting the tags in step with spec.tags",
        steps=steps,
        forget_tags=True,
        finalizer=None if case.endpoint.has_finalizer else FinalizerChange.ADD,
        next_look=AT_ONCE,
    )
