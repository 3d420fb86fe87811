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
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.plan import Memory
from endpoint_operator.planning.steps import DeleteEndpointConfig, DeleteModel, Step

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
    return Memory(revisions=with_row(case.status.revisions, row), rollout=rollout)


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
    if creating and name != row.config_name and row.initial_instance_counts != desired.counts:
        stale = [*(other for other in row.stale_config_names if other != name), row.config_name]
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
    wanted = case.desired.revision
    others = [row for row in case.status.revisions if row.name != wanted]
    served_until_now = [
        row.model_copy(update={"state": RevisionState.SUPERSEDED})
        for row in others
        if row.state == RevisionState.ACTIVE
    ]
    rest = [row for row in others if row.state != RevisionState.ACTIVE]
    return Memory(revisions=(*rest, *served_until_now, _active_row(case)))


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
    """Rows beyond what is kept: the active revision, the last that served, and revisionHistoryLimit others."""
    rows = case.status.revisions
    needed = {case.desired.revision, case.live_revision}
    before = [row for row in rows if row.state == RevisionState.SUPERSEDED and row.name not in needed]
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
