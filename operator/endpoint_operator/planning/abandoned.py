"""Revisions that were being deployed when the spec began to ask for another one: what came of them."""

from collections.abc import Sequence
from datetime import datetime
from math import inf

from endpoint_operator.api.status import RevisionState, RevisionStatus
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.facts import LiveStatus
from endpoint_operator.planning.failures import failed, read_failure_reason

# What a row says that was replaced before it, or any other, served.
_NEVER_SERVED = "NeverServed: the spec asked for another revision before this one was deployed"


def has_served(row: RevisionStatus) -> bool:
    """Whether the row's revision served, now or before."""
    return row.state in (RevisionState.ACTIVE, RevisionState.SUPERSEDED) and row.reason != _NEVER_SERVED


def never_served(rows: Sequence[RevisionStatus]) -> list[RevisionStatus]:
    """The rows, each that was being deployed given up and put first."""
    given_up = {"state": RevisionState.SUPERSEDED, "reason": _NEVER_SERVED}
    return [
        *(row.model_copy(update=given_up) for row in rows if row.state == RevisionState.DEPLOYING),
        *(row for row in rows if row.state != RevisionState.DEPLOYING),
    ]


def superseded(rows: Sequence[RevisionStatus]) -> list[RevisionStatus]:
    """The rows with the active one last and no longer active."""
    active = [row for row in rows if row.state == RevisionState.ACTIVE]
    return [
        *(row for row in rows if row.state != RevisionState.ACTIVE),
        *(row.model_copy(update={"state": RevisionState.SUPERSEDED}) for row in active),
    ]


def seconds_until_sure(case: Case) -> float:
    """For how long SageMaker may still not show a call for a revision that is no longer wanted.

    It may have been sent by a process that died; what it names must not be removed before it would be seen.
    """
    rollout, window = case.status.rollout, case.facts.consistency_window_seconds
    if _may_come_to_another_config(case):
        return max(0.0, 2 * window - seconds_since_intent(case))
    if not any(_overtaken(row, case) for row in case.status.revisions):
        return 0.0
    if case.live is None:
        return max(0.0, window - (case.facts.missing_seconds or 0.0))
    if rollout is None or rollout.to_revision in (case.desired.revision, case.live_revision):
        return 0.0
    # A call is sent within one window of its intent, and seen within another.
    return max(0.0, 2 * window - seconds_since_intent(case))


def seconds_since_intent(case: Case) -> float:
    """Since the rollout under way was last recorded; without end where there is none."""
    rollout = case.status.rollout
    if rollout is None:
        return inf
    return (case.facts.now - datetime.fromisoformat(rollout.since)).total_seconds()


def _may_come_to_another_config(case: Case) -> bool:
    """Whether an update was meant to another endpoint config of the wanted revision than the one that serves."""
    row, live = case.row, case.live
    return row is not None and live is not None and live.config_name in row.stale_config_names


def _overtaken(row: RevisionStatus, case: Case) -> bool:
    return row.state == RevisionState.DEPLOYING and row.name != case.desired.revision


def as_they_went(case: Case) -> tuple[RevisionStatus, ...]:
    """The rows, each that was being deployed and is no longer wanted with what came of it.

    One that never served goes first: it is the first to be removed, and never taken for the last that served.
    """
    sure = seconds_until_sure(case) <= 0.0
    rows = list(case.status.revisions)
    for row in case.status.revisions:
        if not _overtaken(row, case):
            continue
        rows.remove(row)
        if _serves(row, case):
            rows = [*superseded(rows), row.model_copy(update={"state": RevisionState.ACTIVE})]
        elif sure:
            rows.insert(0, _given_up(row, case))
        else:
            rows.append(row)
    return tuple(rows)


def _serves(row: RevisionStatus, case: Case) -> bool:
    live = case.live
    return live is not None and live.status == LiveStatus.IN_SERVICE and case.live_revision == row.name


def _given_up(row: RevisionStatus, case: Case) -> RevisionStatus:
    live, rollout = case.live, case.status.rollout
    tried = rollout is not None and rollout.to_revision == row.name
    if live is not None and tried and live.failure_reason is not None:
        made = live.status == LiveStatus.FAILED and case.live_revision == row.name
        moved = rollout is not None and live.modified != rollout.endpoint_modified_before
        if made or moved:
            return failed(row, read_failure_reason(live.failure_reason), case, rolled_back=not made)
    if any(has_served(other) for other in case.status.revisions):  # going first, it is never taken for the last of them
        return row.model_copy(update={"state": RevisionState.SUPERSEDED})
    return row.model_copy(update={"state": RevisionState.SUPERSEDED, "reason": _NEVER_SERVED})
