"""No endpoint of that name: why it is not made yet, and how it is made."""

from endpoint_operator.api.spec import Preflight
from endpoint_operator.api.status import RevisionState
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.failures import failure_that_holds
from endpoint_operator.planning.history import RECREATING, capacities_of, intent
from endpoint_operator.planning.obstacles import plan_for_fault
from endpoint_operator.planning.overrides import without_rollout
from endpoint_operator.planning.plan import AT_ONCE, FinalizerChange, Look, Plan, Situation
from endpoint_operator.planning.steps import CreateEndpoint
from endpoint_operator.planning.upkeep import make_room


def write_is_not_visible_yet(case: Case) -> Plan | None:
    """CreateEndpoint was accepted, and SageMaker's reads do not show the endpoint yet."""
    known = case.status.endpoint
    if case.live is not None or known is None or known.arn is None or known.creation_time is not None:
        return None
    missing = case.facts.missing_seconds or 0.0
    if missing >= case.facts.consistency_window_seconds:
        return None
    return Plan(
        situation=Situation.CREATING,
        reason="Creating",
        message="SageMaker took the request to create the endpoint and does not show it yet",
        reads_lag=True,
        next_look=Look(seconds=2.0),
    )


def failed_before(case: Case) -> Plan | None:
    fault = failure_that_holds(case) if case.live is None else None
    return plan_for_fault(fault, retry=fault.about_inputs) if fault else None


def inputs_are_wrong(case: Case) -> Plan | None:
    return wrong_inputs(case) if case.live is None else None


def wrong_inputs(case: Case) -> Plan | None:
    """What preflight found, where the spec wants it enforced."""
    looks = case.facts.looks
    if looks is None or looks.fault is None or case.endpoint.spec.preflight != Preflight.ENFORCE:
        return None
    return plan_for_fault(looks.fault, retry=looks.fault.about_inputs)


def history_is_full(case: Case) -> Plan | None:
    return make_room(case) if case.live is None else None


def warning(case: Case) -> str:
    """What preflight doubts; and what it found, and could not look at, where the spec wants to hear and go on."""
    looks = case.facts.looks
    if looks is None:
        return ""
    doubts = "".join(f"; preflight warns: {doubt}" for doubt in looks.doubts)
    if case.endpoint.spec.preflight != Preflight.WARN:
        return doubts
    warned = f"; preflight warns: {looks.fault.message}" if looks.fault is not None else ""
    skipped = f"; preflight did not look at {', '.join(looks.skipped)}" if looks.skipped else ""
    return doubts + warned + skipped


def intent_comes_first(case: Case) -> Plan | None:
    """The status remembers a revision before anything of it is made, and no longer knows an endpoint that is gone."""
    if case.live is not None or _intent_is_recorded(case):
        return None
    if _was_deleted_by_others(case):
        situation, reason = Situation.REMAKING, "EndpointDeleted"
        message = f"the endpoint {case.desired.endpoint_name} was deleted in SageMaker; it is being made again"
    else:
        situation, reason = Situation.CREATING, "Creating"
        message = _creating(case)
    return Plan(
        situation=situation,
        reason=reason,
        message=message,
        memory=intent(case, creating=True),
        finalizer=None if case.endpoint.has_finalizer else FinalizerChange.ADD,
        forget_endpoint=True,
        next_look=AT_ONCE,
    )


def create(case: Case) -> Plan | None:
    row, desired = case.row, case.desired
    if case.live is not None or row is None:
        return None
    return Plan(
        situation=Situation.CREATING,
        reason="Creating",
        message=_creating(case),
        steps=(
            *desired.create_models(),
            desired.create_config(config_name=row.config_name, made_with=capacities_of(row)),
            CreateEndpoint(
                name=desired.endpoint_name,
                config_name=row.config_name,
                tags=desired.tags,
                overrides=without_rollout(desired.endpoint_overrides),
            ),
        ),
    )


def _was_deleted_by_others(case: Case) -> bool:
    known, rollout = case.status.endpoint, case.status.rollout
    seen = known is not None and known.creation_time is not None
    return seen and not (rollout is not None and rollout.stage == RECREATING)


def _intent_is_recorded(case: Case) -> bool:
    row, known, rollout = case.row, case.status.endpoint, case.status.rollout
    return (
        case.endpoint.has_finalizer
        and row is not None
        and row.state == RevisionState.DEPLOYING
        and capacities_of(row) == case.desired.capacities
        and rollout is not None
        and rollout.stage == "Creating"
        and rollout.to_revision == row.name
        and (known is None or known.creation_time is None)
    )


def _creating(case: Case) -> str:
    desired = case.desired
    return (
        f"creating SageMaker endpoint {desired.endpoint_name} with revision {desired.revision} "
        f"on {desired.fleet}{warning(case)}"
    )
