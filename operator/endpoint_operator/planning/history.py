"""Revisions: the rows that remember what was made in AWS, and which of them are kept."""

from collections.abc import Sequence
from datetime import datetime

from endpoint_operator.api.names import revision_object_name
from endpoint_operator.api.status import (
    Resolved,
    ResolvedArtifact,
    RevisionState,
    RevisionStatus,
    RolloutStatus,
)
from endpoint_operator.planning.case import CONSISTENCY_WINDOW_SECONDS, Case
from endpoint_operator.planning.facts import LiveStatus
from endpoint_operator.planning.failures import failed, read_failure_reason
from endpoint_operator.planning.plan import Memory
from endpoint_operator.planning.steps import DeleteEndpointConfig, DeleteModel, Step

# The stage of a rollout that begins with the deletion of a Failed endpoint.
RECREATING = "Recreating"

# api.md: status.revisions holds at most ten.
_MOST_ROWS = 10


def timestamp(now: datetime) -> str:
    """RFC 3339 in whole seconds, as Kubernetes writes times."""
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def with_row(rows: Sequence[RevisionStatus], row: RevisionStatus) -> tuple[RevisionStatus, ...]:
    """The rows with one replaced, or put last."""
    if any(other.name == row.name for other in rows):
        return tuple(row if other.name == row.name else other for other in rows)
    return (*rows, row)


def intent(case: Case, *, creating: bool) -> Memory:
    """What is written before the first call of a revision, so that a crash leaves nothing that nobody remembers."""
    row = _deploying_row(case, creating=creating)
    live = case.live
    since = timestamp(case.facts.now)
    rollout = RolloutStatus(
        stage="Creating" if creating else "Updating",
        from_revision=None if creating else case.live_revision,
        to_revision=row.name,
        since=since,
        endpoint_modified_before=live.modified if live is not None and not creating else None,
    )
    return Memory(revisions=with_row(as_they_went(case), row), rollout=rollout)


def _deploying_row(case: Case, *, creating: bool) -> RevisionStatus:
    desired, row = case.desired, case.row
    name = desired.config_name(
        first_counts=row.initial_instance_counts if row else None, made_before=creating and row is not None
    )
    if row is None:
        return RevisionStatus(
            name=desired.revision,
            config_name=name,
            model_names=[desired.model_name],
            state=RevisionState.DEPLOYING,
            created_at=timestamp(case.facts.now),
            initial_instance_counts=desired.counts,
            spec_digest=desired.spec_digest,
            resolved=_resolved(case),
        )
    update: dict[str, object] = {
        "state": RevisionState.DEPLOYING,
        "reason": None,
        "failure": None,
        "spec_digest": desired.spec_digest,
        "resolved": _resolved(case),
    }
    if creating and row.initial_instance_counts != desired.counts:
        stale = [other for other in (*row.stale_config_names, row.config_name) if other != name]
        update |= {"config_name": name, "initial_instance_counts": desired.counts, "stale_config_names": stale}
    return row.model_copy(update=update)


def _resolved(case: Case) -> Resolved:
    looks = case.facts.looks
    artifacts = (
        [ResolvedArtifact(s3_uri=artifact.s3_uri, etag=artifact.etag) for artifact in looks.artifacts] if looks else []
    )
    return Resolved(execution_role_arn=case.desired.execution_role_arn, artifacts=artifacts)


def serving(case: Case) -> Memory:
    """The rows once the wanted revision serves: Active and last, before it the one that served until now."""
    others = [row for row in as_they_went(case) if row.name != case.desired.revision]
    rollout = case.status.rollout if seconds_until_sure(case) > 0.0 else None
    return Memory(revisions=(*_superseded(others), _active_row(case)), rollout=rollout)


def _superseded(rows: Sequence[RevisionStatus]) -> list[RevisionStatus]:
    """The rows with the active one last and no longer active."""
    active = [row for row in rows if row.state == RevisionState.ACTIVE]
    return [
        *(row for row in rows if row.state != RevisionState.ACTIVE),
        *(row.model_copy(update={"state": RevisionState.SUPERSEDED}) for row in active),
    ]


def seconds_until_sure(case: Case) -> float:
    """For how long SageMaker may still not show an update to a revision that is no longer wanted.

    Its call may have been sent by a process that died; what it names must not be removed before it would be seen.
    """
    rollout = case.status.rollout
    if rollout is None or rollout.to_revision in (case.desired.revision, case.live_revision):
        return 0.0
    age = (case.facts.now - datetime.fromisoformat(rollout.since)).total_seconds()
    return max(0.0, CONSISTENCY_WINDOW_SECONDS - age)


def as_they_went(case: Case) -> tuple[RevisionStatus, ...]:
    """The rows, each that was being deployed and is no longer wanted with what came of it.

    One that never served goes first: it is the first to be removed, and never taken for the last that served.
    """
    sure = seconds_until_sure(case) <= 0.0
    rows = list(case.status.revisions)
    for row in case.status.revisions:
        if row.state != RevisionState.DEPLOYING or row.name == case.desired.revision:
            continue
        rows.remove(row)
        if _serves(row, case):
            rows = [*_superseded(rows), row.model_copy(update={"state": RevisionState.ACTIVE})]
        elif sure or case.status.rollout is None or case.status.rollout.to_revision != row.name:
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
    return row.model_copy(update={"state": RevisionState.SUPERSEDED})


def _active_row(case: Case) -> RevisionStatus:
    row = case.row
    if row is not None:
        return row.model_copy(update={"state": RevisionState.ACTIVE, "reason": None, "failure": None})
    # The status was lost (an object restored from a backup): what is in AWS is found again by its name.
    config_name = case.live.config_name if case.live is not None else None
    return RevisionStatus(
        name=case.desired.revision,
        config_name=config_name
        or revision_object_name(endpoint_name=case.desired.endpoint_name, revision=case.desired.revision),
        model_names=[case.desired.model_name],
        state=RevisionState.ACTIVE,
        created_at=timestamp(case.facts.now),
        spec_digest=case.desired.spec_digest,
        resolved=_resolved(case),
    )


def superfluous(case: Case) -> tuple[RevisionStatus, ...]:
    """Rows beyond what is kept: the active revision, one being deployed, the last that served, and
    revisionHistoryLimit others."""
    rows = case.status.revisions
    needed = {case.desired.revision, *(row.name for row in rows if row.state == RevisionState.DEPLOYING)}
    if case.live_revision is not None:
        needed.add(case.live_revision)
    served = (RevisionState.ACTIVE, RevisionState.SUPERSEDED)
    before = [row for row in rows if row.state in served and row.name not in needed]
    if before:
        needed.add(before[-1].name)
    others = [row for row in rows if row.name not in needed]
    kept = min(case.endpoint.spec.revision_history_limit, _MOST_ROWS - len(needed))
    return tuple(others[: len(others) - kept]) if len(others) > kept else ()


def removal_of(row: RevisionStatus) -> tuple[Step, ...]:
    """The calls that remove a revision: endpoint configs first, for they name the models."""
    configs = [*row.stale_config_names, row.config_name]
    return (
        *(DeleteEndpointConfig(name=name) for name in configs),
        *(DeleteModel(name=name) for name in row.model_names),
    )
