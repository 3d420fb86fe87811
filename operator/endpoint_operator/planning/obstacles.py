"""Why nothing can be done at all for now."""

from endpoint_operator.api.conditions import ConditionType, is_true
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.facts import Facts
from endpoint_operator.planning.failures import failure_that_holds
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.plan import Look, Plan, Situation

_BACK_OFF = Look(back_off=True)
# Preflight looks again at most every ten minutes (api.md, behaviour 11).
SLOW_BACK_OFF = Look(back_off=True, at_most_seconds=600.0)


def plan_for_fault(fault: Fault, *, retry: bool = False) -> Plan:
    """A plan that only says what is wrong. `retry`: somebody may mend it without touching the object."""
    if fault.stalls:
        look = SLOW_BACK_OFF if retry or fault.blame == Blame.OPERATOR_SETUP else None
        return Plan(situation=Situation.USER_FAULT, reason=fault.reason, message=fault.message, next_look=look)
    return Plan(situation=Situation.WORLD_FAULT, reason=fault.reason, message=fault.message, next_look=_BACK_OFF)


def aws_cannot_be_asked(case: Case) -> Plan | None:
    fault = case.facts.aws_fault
    if fault is None:
        return None
    at_rest = is_true(case.status.conditions, ConditionType.READY) or failure_that_holds(case) is not None
    if at_rest and case.status.observed_generation == case.endpoint.generation:
        return Plan(situation=Situation.UNKNOWN, reason=fault.reason, message=fault.message, next_look=_BACK_OFF)
    return plan_for_fault(fault)


def last_process_may_have_acted(facts: Facts) -> Plan | None:
    """What a process before this one did a moment ago may not be visible yet: it is neither repeated nor missed.

    Read too early, an endpoint that was just made is absent, its models are gone and its tags are those of before.
    """
    if facts.unsure_seconds <= 0:
        return None
    return Plan(
        situation=Situation.UNKNOWN,
        reason="Unsure",
        message="the operator has just begun and waits until SageMaker shows all that its last process may have done",
        next_look=Look(seconds=facts.unsure_seconds),
    )


def elsewhere(endpoint: InferenceEndpoint, facts: Facts) -> Plan | None:
    """The endpoint is in an account that the operator no longer works in: it must not seem to be gone.

    What an object takes from the operator is resolved once (api.md, behaviour 12); a deletion waits too, for it
    would find nothing here and leave everything there.
    """
    made, account = _made_in(endpoint)
    if account is None or facts.account in (None, account):
        return None
    remedy = f"the operator now works in account {facts.account}; give it credentials of account {account}"
    return Plan(
        situation=Situation.USER_FAULT,
        reason="AccountChanged",
        message=f"{made}, and {remedy}, or set deletionPolicy: Retain, delete this object and make another",
        next_look=SLOW_BACK_OFF,
    )


def _made_in(endpoint: InferenceEndpoint) -> tuple[str, str | None]:
    """What was made, and in which account: the endpoint, or while it is stopped its revisions."""
    known = endpoint.status.endpoint
    if known is not None and known.arn is not None:
        return f"the endpoint was made as {known.arn}", known.arn.split(":")[4]
    accounts = [row.resolved.account for row in endpoint.status.revisions if row.resolved.account is not None]
    account = accounts[-1] if accounts else None
    return f"the revisions of this object are in account {account}", account
