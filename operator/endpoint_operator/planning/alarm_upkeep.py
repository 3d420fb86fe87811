"""Alarms that watched a rollout go when it is over."""

from dataclasses import replace

from endpoint_operator.api.status import RevisionStatus
from endpoint_operator.planning import rollout, upkeep
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.plan import AT_ONCE, Memory, Plan
from endpoint_operator.planning.steps import DeleteAlarm


def alarms_no_longer_needed(case: Case) -> Plan | None:
    """The situation is said as it is: that alarms are removed is no news of the endpoint."""
    live = case.live
    if live is None or live.busy:
        return None
    over = [row for row in case.status.revisions if row.alarm_names and _is_over(row, case)]
    plan = rollout.failed_before(case) if rollout.needs_update(case) else upkeep.serves(case)
    if not over or plan is None:
        return None
    memory = plan.memory or Memory(revisions=tuple(case.status.revisions), rollout=case.status.rollout)
    names = {row.name for row in over}
    rows = tuple(row.model_copy(update={"alarm_names": []}) if row.name in names else row for row in memory.revisions)
    return replace(
        plan,
        steps=tuple(DeleteAlarm(name=name) for row in over for name in row.alarm_names),
        memory=Memory(revisions=rows, rollout=memory.rollout),
        next_look=AT_ONCE,
    )


def _is_over(row: RevisionStatus, case: Case) -> bool:
    under_way = case.status.rollout.to_revision if case.status.rollout is not None else None
    return row.name != under_way or row.failure is not None or not rollout.needs_update(case)
