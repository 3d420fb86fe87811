"""`paused`: everything is decided as ever, nothing is done, and the status says what would be."""

from dataclasses import replace

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.facts import Facts, OperatorInputs
from endpoint_operator.planning.foresight import foresee
from endpoint_operator.planning.plan import Plan, Situation

_IN_STEP = frozenset({Situation.SERVING, Situation.STOPPED})


def plan_of_pass(endpoint: InferenceEndpoint, facts: Facts, inputs: OperatorInputs) -> Plan:
    """What this pass does. A paused object that is deleted goes: `kubectl delete` ends (api.md, behaviour 9)."""
    plan = make_plan(endpoint, facts, inputs)
    if not endpoint.spec.paused or endpoint.being_deleted or plan.situation is Situation.UNKNOWN:
        return plan
    return _observe_only(endpoint, facts, inputs)


def _observe_only(endpoint: InferenceEndpoint, facts: Facts, inputs: OperatorInputs) -> Plan:
    running = replace(endpoint, spec=endpoint.spec.model_copy(update={"paused": False}))
    foreseen = foresee(running, facts, inputs)
    steps, end = foreseen.plan.steps, foreseen.plan
    if not steps and end.situation in _IN_STEP:
        message = "paused: AWS is as the spec asks for, and nothing will be changed"
        return Plan(situation=Situation.PAUSED_IN_STEP, reason="Paused", message=message)
    count = len(steps)
    would = f"{count} call{'s' if count != 1 else ''} held back, see status.plannedCalls: " if count else ""
    return Plan(
        situation=Situation.PAUSED_BEHIND, reason="Paused", message=f"paused: {would}{end.message}", held_back=steps
    )
