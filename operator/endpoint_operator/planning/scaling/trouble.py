"""Autoscaling that cannot be had for now: everything else goes on, and is told with it.

An endpoint without the right to autoscale serves the generation that is wanted, so it is Ready: AutoscalingReady says
what is missing, and an Event. A rollout that mends an outage must not wait for an administrator who adds a right. What
passes by itself (throttling, a quota that is used up) is Reconciling, as any other such fault.
"""

from dataclasses import replace

from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.plan import Look, Plan, Situation
from endpoint_operator.planning.scaling.live import ScalingTrouble

_SOONEST_SECONDS = 0.5


def passes_by(plan: Plan, fault: Fault | None) -> bool:
    """Whether a step that failed stops nothing but autoscaling."""
    return plan.beside and fault is not None and fault.blame is not Blame.USER


def with_trouble(plan: Plan, trouble: ScalingTrouble | None) -> Plan:
    """The plan of everything else while autoscaling waits: looked at again when that is worth another try."""
    if trouble is None:
        return plan
    look = plan.next_look or Look(seconds=max(_SOONEST_SECONDS, trouble.retry_seconds))
    fault = trouble.fault
    if plan.situation is Situation.SERVING and fault.blame is not Blame.OPERATOR_SETUP:
        plan = replace(plan, situation=Situation.WORLD_FAULT, reason=fault.reason, message=fault.message)
    return replace(plan, next_look=look)
