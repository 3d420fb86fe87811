"""The wanted revision is there: what is left over from others, and that it serves."""

from endpoint_operator.api.status import RevisionState
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.facts import LiveStatus
from endpoint_operator.planning.history import removal_of, serving, superfluous
from endpoint_operator.planning.plan import AT_ONCE, FinalizerChange, Look, Memory, Plan, Situation
from endpoint_operator.planning.steps import DeleteEndpointConfig, DeleteModel, Step


def out_of_service(case: Case) -> Plan | None:
    live = case.live
    if live is None or live.status != LiveStatus.OUT_OF_SERVICE:
        return None
    reason = live.failure_reason or "no reason is given"
    return Plan(
        situation=Situation.WORLD_FAULT,
        reason="OutOfService",
        message=f"SageMaker took the endpoint out of service: {reason}",
        next_look=Look(back_off=True),
    )


def remove_superfluous(case: Case) -> Plan | None:
    """Old revisions, stale configs and what only the tags know go once the wanted revision is settled."""
    rows = superfluous(case)
    steps: list[Step] = [step for row in rows for step in removal_of(row)]
    row = case.row
    stale = row.stale_config_names if row is not None and case.live and case.live.config_name == row.config_name else []
    steps += [DeleteEndpointConfig(name=name) for name in stale]
    steps += [_removal(orphan.kind, orphan.name) for orphan in case.facts.orphans]
    if not steps or row is None or row.state != RevisionState.ACTIVE:
        return None
    gone = {old.name for old in rows}
    kept = tuple(
        old.model_copy(update={"stale_config_names": []}) if old.name == row.name else old
        for old in serving(case).revisions
        if old.name not in gone
    )
    return Plan(
        situation=Situation.SERVING,
        reason="Ready",
        message=_serves(case),
        steps=tuple(steps),
        memory=Memory(revisions=kept),
        next_look=AT_ONCE,
    )


def _removal(kind: str, name: str) -> Step:
    return DeleteModel(name=name) if kind == "model" else DeleteEndpointConfig(name=name)


def serves(case: Case) -> Plan | None:
    return Plan(
        situation=Situation.SERVING,
        reason="Ready",
        message=_serves(case),
        memory=serving(case),
        finalizer=None if case.endpoint.has_finalizer else FinalizerChange.ADD,
    )


def _serves(case: Case) -> str:
    count = case.live.instance_count if case.live is not None else 0
    return f"revision {case.desired.revision} serves on {count} × {case.desired.instance_type}"
