"""Revisions: the rows that remember what was made in AWS."""

from collections.abc import Sequence
from datetime import datetime

from endpoint_operator.api.names import revision_object_name
from endpoint_operator.api.status import (
    Resolved,
    ResolvedArtifact,
    ResolvedImage,
    RevisionState,
    RevisionStatus,
    RolloutStatus,
)
from endpoint_operator.planning.abandoned import as_they_went, seconds_until_sure, superseded
from endpoint_operator.planning.alarms import alarms_to_make
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.desired import Capacities
from endpoint_operator.planning.plan import Memory

# The stage of a rollout that begins with the deletion of a Failed endpoint.
RECREATING = "Recreating"


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
    name = desired.config_name(made_with=capacities_of(row) if row else None, made_before=creating and row is not None)
    alarms = (
        []
        if creating
        else [step.name for step in alarms_to_make(desired, config_name=row.config_name if row else name)]
    )
    if row is None:
        return RevisionStatus(
            name=desired.revision,
            config_name=name,
            model_names=desired.model_names,
            state=RevisionState.DEPLOYING,
            created_at=timestamp(case.facts.now),
            initial_instance_counts=desired.counts,
            initial_weights=desired.weights,
            instance_types=desired.instance_types,
            alarm_names=alarms,
            spec_digest=desired.spec_digest,
            resolved=_resolved(case),
        )
    update: dict[str, object] = {
        "state": RevisionState.DEPLOYING,
        "reason": None,
        "failure": None,
        "spec_digest": desired.spec_digest,
        "resolved": _resolved(case),
        "alarm_names": sorted({*row.alarm_names, *alarms}),
    }
    if creating:
        stale = [other for other in (*row.stale_config_names, row.config_name) if other != name]
        update |= {"config_name": name, "stale_config_names": stale}
        # Where two suffixes are the same by chance, counts and weights are put right once it serves.
        update |= {"initial_instance_counts": desired.counts, "initial_weights": desired.weights}
    return row.model_copy(update=update)


def _resolved(case: Case) -> Resolved:
    looks = case.facts.looks
    artifacts = (
        [ResolvedArtifact(s3_uri=artifact.s3_uri, etag=artifact.etag) for artifact in looks.artifacts] if looks else []
    )
    return Resolved(
        region=case.desired.region,
        account=case.facts.account,
        execution_role_arn=case.desired.execution_role_arn,
        artifacts=artifacts,
        images=_resolved_images(case),
        inputs=list(case.desired.resolved.inputs),
    )


def _resolved_images(case: Case) -> list[ResolvedImage]:
    seen = {image.container: image for image in (case.facts.looks.images if case.facts.looks else ())}
    named = {**case.desired.resolved.images, **{field: image.image for field, image in seen.items()}}
    return [
        ResolvedImage(container=field, image=image, digest=seen[field].digest if field in seen else None)
        for field, image in named.items()
    ]


def capacities_of(row: RevisionStatus) -> Capacities | None:
    """The counts and weights that the row's endpoint config begins with; None where nobody knows."""
    if row.initial_instance_counts is None:
        return None
    return Capacities(counts=row.initial_instance_counts, weights=row.initial_weights or {})


def serving(case: Case) -> Memory:
    """The rows once the wanted revision serves: Active and last, before it the one that served until now."""
    others = [row for row in as_they_went(case) if row.name != case.desired.revision]
    rollout = case.status.rollout if seconds_until_sure(case) > 0.0 else None
    return Memory(revisions=(*superseded(others), _active_row(case)), rollout=rollout)


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
        model_names=case.desired.model_names,
        instance_types=case.desired.instance_types,
        state=RevisionState.ACTIVE,
        created_at=timestamp(case.facts.now),
        spec_digest=case.desired.spec_digest,
        resolved=_resolved(case),
    )
