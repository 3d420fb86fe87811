"""`stopped`: no endpoint and no cost, everything kept to start again."""

from endpoint_operator.api.scaling_status import ScalingStatus
from endpoint_operator.api.status import RevisionState
from endpoint_operator.planning.abandoned import never_served
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.facts import LiveStatus
from endpoint_operator.planning.plan import FinalizerChange, Look, Memory, Plan, Situation
from endpoint_operator.planning.scaling.memory import released
from endpoint_operator.planning.scaling.plan import after_deregistration, alarms_left, deregister_before_deletion
from endpoint_operator.planning.scaling.steps import DeleteWakeUpAlarm
from endpoint_operator.planning.steps import DeleteAlarm, DeleteEndpoint

STOPPING = "Stopping"


def stop(case: Case) -> Plan | None:
    if not case.endpoint.spec.stopped:
        return None
    return _endpoint_goes(case) or _created_unseen(case) or _stopped(case)


def _endpoint_goes(case: Case) -> Plan | None:
    live = case.live
    if live is None:
        return None
    if live.status == LiveStatus.DELETING:
        return _stopping("SageMaker is deleting the endpoint")
    if live.busy:
        return _stopping(f"the endpoint is {live.status.value} and SageMaker refuses to delete it until that is done")
    rows = case.status.autoscaling
    first = deregister_before_deletion(rows, endpoint_name=live.name)
    return Plan(
        situation=Situation.UPDATING,
        reason=STOPPING,
        message=f"stopping: deleting SageMaker endpoint {live.name}; its revisions are kept",
        steps=(*first, DeleteEndpoint(name=live.name, created=live.created)),
        memory=Memory(
            revisions=tuple(case.status.revisions),
            rollout=case.status.rollout,
            scaling=after_deregistration(rows, first),
        )
        if first
        else None,
        next_look=Look(back_off=True),
    )


def _created_unseen(case: Case) -> Plan | None:
    """CreateEndpoint may have been sent and its endpoint not be visible yet: absence is believed only with time."""
    known = case.status.endpoint
    creating = any(row.state == RevisionState.DEPLOYING for row in case.status.revisions)
    unseen = known is None or known.creation_time is None
    remaining = case.facts.consistency_window_seconds - (case.facts.missing_seconds or 0.0)
    if not (creating and unseen) or remaining <= 0:
        return None
    return _stopping("waiting until it is sure that SageMaker made no endpoint", look=min(5.0, remaining))


def _stopped(case: Case) -> Plan:
    alarms = tuple(DeleteAlarm(name=name) for row in case.status.revisions for name in row.alarm_names)
    wake_up_alarms = alarms_left(case.status.autoscaling, endpoint_name=case.desired.endpoint_name)
    rows = tuple(row.model_copy(update={"alarm_names": []}) for row in never_served(case.status.revisions))
    return Plan(
        situation=Situation.STOPPED,
        reason="Stopped",
        message="stopped: there is no endpoint and it costs nothing; set stopped: false to start it again",
        steps=(*alarms, *wake_up_alarms),
        memory=Memory(revisions=rows, scaling=_let_go(wake_up_alarms, case)),
        finalizer=None if case.endpoint.has_finalizer else FinalizerChange.ADD,
        forget_endpoint=True,
    )


def _let_go(alarms: tuple[DeleteWakeUpAlarm, ...], case: Case) -> tuple[ScalingStatus, ...] | None:
    """The targets went with the endpoint, though a process that died may not have said so; None: all is said."""
    before = tuple(case.status.autoscaling)
    after = tuple(released(row) if row.registered else row for row in after_deregistration(before, alarms))
    return after if after != before else None


def _stopping(message: str, *, look: float | None = None) -> Plan:
    return Plan(
        situation=Situation.UPDATING,
        reason=STOPPING,
        message=f"stopping: {message}",
        next_look=Look(seconds=look) if look is not None else None,
    )
