"""SageMaker is at work on the endpoint, or gave up making it."""

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import RevisionState, RolloutStatus
from endpoint_operator.planning.abandoned import as_they_went
from endpoint_operator.planning.absence import wrong_inputs
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.deployment import has_stages
from endpoint_operator.planning.facts import LiveEndpoint, LiveStatus
from endpoint_operator.planning.failures import failed, failure_that_holds, read_failure_reason
from endpoint_operator.planning.faults import Blame
from endpoint_operator.planning.history import RECREATING, timestamp, with_row
from endpoint_operator.planning.obstacles import plan_for_fault
from endpoint_operator.planning.plan import Look, Memory, Plan, Situation
from endpoint_operator.planning.scaling.plan import deregister_before_deletion
from endpoint_operator.planning.steps import DeleteEndpoint

_SAYS = {
    LiveStatus.CREATING: "SageMaker is creating the endpoint",
    LiveStatus.UPDATING: "SageMaker is updating the endpoint",
    LiveStatus.SYSTEM_UPDATING: "SageMaker is maintaining the endpoint and refuses changes until it is done",
    LiveStatus.ROLLING_BACK: "SageMaker is rolling the endpoint back",
    LiveStatus.DELETING: "SageMaker is deleting the endpoint; it is made again when that is done",
}


def sagemaker_is_at_work(case: Case) -> Plan | None:
    live = case.live
    if live is None or not live.busy:
        return None
    message = _SAYS[live.status]
    if live.status in (LiveStatus.CREATING, LiveStatus.UPDATING):
        message += (_queued(case) or f" with revision {_under_way(case)}") + _stage(live)
    creating = live.status in (LiveStatus.CREATING, LiveStatus.DELETING)
    return Plan(
        situation=Situation.CREATING if creating else Situation.UPDATING,
        reason=live.status.value,
        message=message,
        next_look=Look(seconds=case.facts.rollout_look_seconds) if in_stages(case.endpoint, live) else None,
    )


def in_stages(endpoint: InferenceEndpoint, live: LiveEndpoint) -> bool:
    """Whether a rollout is under way that lists do not tell of."""
    return (
        live.status == LiveStatus.UPDATING and endpoint.status.rollout is not None and has_stages(endpoint.spec.rollout)
    )


def _stage(live: LiveEndpoint) -> str:
    """SageMaker's own words on how far it is."""
    told = [f"{variant.name}: {variant.message or variant.stage}" for variant in live.pending if variant.stage]
    return f" ({'; '.join(told)})" if told else ""


def _under_way(case: Case) -> str:
    rollout = case.status.rollout
    return rollout.to_revision if rollout is not None else case.live_revision or case.desired.revision


def _queued(case: Case) -> str | None:
    under_way = _under_way(case)
    if under_way == case.desired.revision:
        return None
    return f" with revision {under_way}; revision {case.desired.revision} follows when that is done"


def creation_failed(case: Case) -> Plan | None:
    """A Failed endpoint can only be deleted; it is kept for people to look at until there is something to try."""
    live = case.live
    if live is None or live.status != LiveStatus.FAILED:
        return None
    if case.live_revision == case.desired.revision and case.row is not None and case.row.failure is None:
        return _failed_just_now(case)
    fault = failure_that_holds(case)
    if fault is not None:
        return plan_for_fault(fault, retry=fault.about_inputs)
    return wrong_inputs(case) or _clear_away(case, f"revision {case.live_revision} failed; deleting it to try anew")


def _failed_just_now(case: Case) -> Plan | None:
    live, row = case.live, case.row
    assert live is not None  # noqa: S101 - the caller looked
    assert row is not None  # noqa: S101 - the caller looked
    known = case.status.endpoint
    if known is not None and known.status == LiveStatus.DELETING and known.creation_time == live.created:
        return _clear_away(case, "SageMaker still shows the failed endpoint that is being deleted")
    fault = read_failure_reason(live.failure_reason, case.desired.variants)
    if fault.blame == Blame.WORLD:
        return _clear_away(case, fault.message, reason=fault.reason, situation=Situation.WORLD_FAULT)
    memory = Memory(revisions=with_row(case.status.revisions, failed(row, fault, case)))
    return Plan(
        situation=Situation.USER_FAULT,
        reason=fault.reason,
        message=fault.message,
        memory=memory,
        next_look=Look(back_off=True, at_most_seconds=600.0) if fault.about_inputs else None,
    )


def _clear_away(
    case: Case, message: str, *, reason: str = "Recreating", situation: Situation = Situation.CREATING
) -> Plan:
    live = case.live
    assert live is not None  # noqa: S101 - the callers looked
    wanted = case.desired.revision
    rows = tuple(
        row.model_copy(update={"state": RevisionState.DEPLOYING, "failure": None, "reason": None})
        if row.name == wanted
        else row
        for row in as_they_went(case)
    )
    # So that the endpoint's absence, when it comes, is known to be our own doing.
    rollout = RolloutStatus(stage=RECREATING, to_revision=wanted, since=timestamp(case.facts.now))
    return Plan(
        situation=situation,
        reason=reason,
        message=message,
        steps=(
            *deregister_before_deletion(case.status.autoscaling, endpoint_name=live.name),
            DeleteEndpoint(name=live.name, created=live.created),
        ),
        memory=Memory(revisions=rows, rollout=rollout),
        next_look=Look(back_off=True),
    )
