"""The wanted revision is there: what is left over from others, and that it serves."""

from endpoint_operator.api.status import RevisionState
from endpoint_operator.planning.abandoned import as_they_went, seconds_until_sure
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.facts import LiveStatus
from endpoint_operator.planning.fleet_words import fleet_in_words, what_it_has
from endpoint_operator.planning.history import serving
from endpoint_operator.planning.plan import AT_ONCE, FinalizerChange, Look, Memory, Plan, Situation
from endpoint_operator.planning.retention import MOST_ROWS, removal_of, superfluous
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
    row, serves_from = case.row, case.live.config_name if case.live is not None else None
    # An endpoint may serve from an older config of the same revision: then none of them is stale.
    stale = row.stale_config_names if row is not None and serves_from == row.config_name else []
    steps += [DeleteEndpointConfig(name=name) for name in stale]
    steps += [_removal(orphan.kind, orphan.name) for orphan in case.facts.orphans if orphan.name != serves_from]
    if not steps or row is None or row.state != RevisionState.ACTIVE:
        return None
    gone = {old.name for old in rows}
    now = serving(case)
    kept = tuple(
        old.model_copy(update={"stale_config_names": []}) if old.name == row.name and stale else old
        for old in now.revisions
        if old.name not in gone
    )
    return Plan(
        situation=Situation.SERVING,
        reason="Ready",
        message=serves_message(case),
        steps=tuple(steps),
        memory=Memory(revisions=kept, rollout=now.rollout),
        next_look=AT_ONCE,
    )


def _removal(kind: str, name: str) -> Step:
    return DeleteModel(name=name) if kind == "model" else DeleteEndpointConfig(name=name)


def make_room(case: Case) -> Plan | None:
    """What is kept stays within its bounds before another revision is remembered, failed ones counted.

    Without it, edits that fail one after another would outgrow the status.
    """
    rows = superfluous(case)
    if case.row is not None or not (rows or len(case.status.revisions) >= MOST_ROWS):
        return None
    if not rows:
        return _wait_until_sure(case)
    gone = {row.name for row in rows}
    return Plan(
        situation=Situation.CREATING if case.live is None else Situation.UPDATING,
        reason="RemovingRevisions",
        message=f"removing {len(rows)} old revisions before revision {case.desired.revision} is made",
        steps=tuple(step for row in rows for step in removal_of(row)),
        memory=Memory(
            revisions=tuple(row for row in as_they_went(case) if row.name not in gone), rollout=case.status.rollout
        ),
        next_look=AT_ONCE,
    )


def _wait_until_sure(case: Case) -> Plan:
    return Plan(
        situation=Situation.CREATING if case.live is None else Situation.UPDATING,
        reason="RemovingRevisions",
        message=f"the last {MOST_ROWS} revisions may all still be in use; revision {case.desired.revision} follows "
        "when SageMaker shows which of them is",
        next_look=Look(seconds=max(1.0, seconds_until_sure(case))),
    )


def serves(case: Case) -> Plan | None:
    memory, unsure = serving(case), seconds_until_sure(case)
    # What is left over is removed once the status says what has become of each revision.
    news = memory.revisions != tuple(case.status.revisions)
    return Plan(
        situation=Situation.SERVING,
        reason="Ready",
        message=serves_message(case),
        memory=memory,
        finalizer=None if case.endpoint.has_finalizer else FinalizerChange.ADD,
        next_look=AT_ONCE if news else Look(seconds=unsure) if unsure > 0.0 else None,
    )


def serves_message(case: Case) -> str:
    """The revision that serves, and on what."""
    live = case.live
    asleep = live is not None and live.asynchronous and live.instance_count == 0
    return (
        f"revision {case.desired.revision} serves on {fleet(case)}{', asleep until a request comes' if asleep else ''}"
    )


def fleet(case: Case) -> str:
    """What there is, as people say it: 2 × ml.m5.large."""
    live = {variant.name: variant for variant in (case.live.all_variants if case.live else ())}
    return fleet_in_words([what_it_has(variant, live.get(variant.name)) for variant in case.desired.variants])
