"""status.autoscaling and AutoscalingReady after a pass."""

from endpoint_operator.api.conditions import merged
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import InferenceEndpointStatus
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.desired import desired_state
from endpoint_operator.planning.facts import Facts, OperatorInputs
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.plan import Plan
from endpoint_operator.planning.scaling.condition import AUTOSCALING_READY, autoscaling_condition
from endpoint_operator.planning.scaling.decision import question_of, wanted_of
from endpoint_operator.planning.scaling.plan import rows_as_seen
from endpoint_operator.planning.scaling.steps import SCALING_STEPS


def with_autoscaling(
    endpoint: InferenceEndpoint,
    status: InferenceEndpointStatus,
    *,
    facts: Facts,
    plan: Plan,
    outcome: Outcome,
    inputs: OperatorInputs,
) -> InferenceEndpointStatus:
    """The status with what was seen of autoscaling, and the condition that tells it."""
    desired = None if endpoint.being_deleted else desired_state(endpoint, inputs)
    if desired is None or facts.aws_fault is not None:
        return status
    rows = status.autoscaling
    if plan.memory is None or plan.memory.scaling is None:
        rows = list(rows_as_seen(question_of(Case(endpoint=endpoint, desired=desired, facts=facts))))
    condition = autoscaling_condition(
        wanted_of(desired),
        rows,
        fault=_fault(facts, plan, outcome),
        generation=endpoint.generation,
        now=facts.now,
    )
    others = [each for each in status.conditions if each.type != AUTOSCALING_READY]
    conditions = others if condition is None else merged(endpoint.status.conditions, [*others, condition])
    return status.model_copy(update={"autoscaling": rows, "conditions": conditions})


def _fault(facts: Facts, plan: Plan, outcome: Outcome) -> Fault | None:
    """Why a step on autoscaling failed in this pass, or why none is tried for now."""
    if outcome.fault is not None and isinstance(plan.steps[len(outcome.done)], SCALING_STEPS):
        return outcome.fault
    return facts.scaling_trouble.fault if facts.scaling_trouble is not None else None
