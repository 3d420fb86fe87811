"""Which revisions are kept in AWS, and how one that is not goes."""

from endpoint_operator.api.status import RevisionState, RevisionStatus
from endpoint_operator.planning.abandoned import as_they_went, has_served
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.steps import DeleteAlarm, DeleteEndpointConfig, DeleteModel, Step

# api.md: status.revisions holds at most ten.
MOST_ROWS = 10


def superfluous(case: Case) -> tuple[RevisionStatus, ...]:
    """Rows beyond what is kept: the active revision, one being deployed, the last that served, and
    revisionHistoryLimit others."""
    rows = as_they_went(case)
    needed = {case.desired.revision, *(row.name for row in rows if row.state == RevisionState.DEPLOYING)}
    if case.live_revision is not None:
        needed.add(case.live_revision)
    before = [row for row in rows if has_served(row) and row.name not in needed]
    if before:
        needed.add(before[-1].name)
    others = [row for row in rows if row.name not in needed]
    kept = max(0, min(case.endpoint.spec.revision_history_limit, MOST_ROWS - len(needed)))
    return tuple(others[: len(others) - kept]) if len(others) > kept else ()


def removal_of(row: RevisionStatus) -> tuple[Step, ...]:
    """The calls that remove a revision: its alarms, then endpoint configs, for they name the models."""
    configs = [*row.stale_config_names, row.config_name]
    return (
        *(DeleteAlarm(name=name) for name in row.alarm_names),
        *(DeleteEndpointConfig(name=name) for name in configs),
        *(DeleteModel(name=name) for name in row.model_names),
    )
