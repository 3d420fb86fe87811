"""The object is being deleted: what goes in AWS, in which order, and when the finalizer is let go.

Reads nothing but the object's own status and what carries its tags: a deletion works in a terminating namespace.
"""

from dataclasses import replace

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.spec import DeletionPolicy
from endpoint_operator.api.status import RevisionState
from endpoint_operator.planning.desired import endpoint_name_of
from endpoint_operator.planning.facts import Facts, LiveStatus
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.obstacles import elsewhere, last_process_may_have_acted, plan_for_fault
from endpoint_operator.planning.plan import FinalizerChange, Look, Plan, Situation
from endpoint_operator.planning.retention import removal_of
from endpoint_operator.planning.scaling.plan import alarms_left, deregister_before_deletion
from endpoint_operator.planning.steps import DeleteEndpoint, DeleteEndpointConfig, DeleteModel, Step


def plan_retirement(endpoint: InferenceEndpoint, facts: Facts) -> Plan:
    """What to do next for an object that is being deleted."""
    if not endpoint.has_finalizer:
        return _plan("Deleted", "nothing of this object is left in AWS")
    if endpoint.spec.deletion_policy == DeletionPolicy.RETAIN:
        return _let_go("Retained", "deletionPolicy is Retain: what is in AWS stays as it is")
    obstacle = elsewhere(endpoint, facts) or last_process_may_have_acted(facts)
    if obstacle is not None:
        return obstacle
    if facts.aws_fault is not None:
        return _waits_for_aws(facts.aws_fault)
    return _endpoint_goes_first(endpoint, facts) or _created_unseen(endpoint, facts) or _leftovers(endpoint, facts)


def with_way_out(message: str) -> str:
    """What a deletion says that AWS refuses for good."""
    return f"{message}; or set deletionPolicy: Retain: then the object goes and what is in AWS stays"


def _waits_for_aws(fault: Fault) -> Plan:
    plan = plan_for_fault(fault)
    if fault.stalls:
        return replace(plan, message=with_way_out(plan.message))
    return replace(plan, situation=Situation.DELETING)


def _endpoint_goes_first(endpoint: InferenceEndpoint, facts: Facts) -> Plan | None:
    live = facts.live
    if live is None or facts.foreign is not None:
        return None
    if live.status == LiveStatus.DELETING:
        return _plan("Deleting", "SageMaker is deleting the endpoint")
    if live.busy:
        return _plan(
            "WaitingForSageMaker",
            f"the endpoint is {live.status.value} and SageMaker refuses to delete it until that is done "
            "(up to 30 minutes where a container never becomes healthy)",
        )
    first = deregister_before_deletion(endpoint.status.autoscaling, endpoint_name=live.name)
    step = DeleteEndpoint(name=live.name, created=live.created)
    return _plan("Deleting", "deleting the endpoint", *first, step)


def _created_unseen(endpoint: InferenceEndpoint, facts: Facts) -> Plan | None:
    """CreateEndpoint may have been sent and its endpoint not be visible yet: absence is believed only with time."""
    known = endpoint.status.endpoint
    creating = any(row.state == RevisionState.DEPLOYING for row in endpoint.status.revisions)
    unseen = known is None or known.creation_time is None
    remaining = facts.consistency_window_seconds - (facts.missing_seconds or 0.0)
    if facts.live is not None or not (creating and unseen) or remaining <= 0:
        return None
    return _plan(
        "Deleting",
        "waiting until it is sure that SageMaker made no endpoint",
        look=Look(seconds=min(5.0, remaining)),
    )


def _leftovers(endpoint: InferenceEndpoint, facts: Facts) -> Plan:
    alarms = alarms_left(endpoint.status.autoscaling, endpoint_name=endpoint_name_of(endpoint))
    steps: list[Step] = [*alarms, *(step for row in endpoint.status.revisions for step in removal_of(row))]
    known = {step.name for step in steps}
    for orphan in sorted(facts.orphans, key=lambda orphan: orphan.kind):  # endpoint-config before model
        if orphan.name not in known:
            config = orphan.kind == "endpoint-config"
            steps.append(DeleteEndpointConfig(name=orphan.name) if config else DeleteModel(name=orphan.name))
    return _let_go("Deleted", "the endpoint, its endpoint configs and its models are deleted", *steps)


def _plan(reason: str, message: str, *steps: Step, look: Look | None = None) -> Plan:
    return Plan(situation=Situation.DELETING, reason=reason, message=message, steps=steps, next_look=look)


def _let_go(reason: str, message: str, *steps: Step) -> Plan:
    return Plan(
        situation=Situation.DELETING,
        reason=reason,
        message=message,
        steps=steps,
        finalizer=FinalizerChange.REMOVE,
    )
