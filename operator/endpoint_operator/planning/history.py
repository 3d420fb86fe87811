"""Revisions: the rows that remember what was made in AWS."""

from collections.abc import Sequence
from datetime import datetime

from endpoint_operator.api.names import revision_object_name
from endpoint_operator.api.status import (
    InitialConcurrency,
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
from endpoint_operator.planning.concurrency import Concurrency
from endpoint_operator.planning.desired import Capacities
from endpoint_operator.planning.plan import Memory
from endpoint_operator.planning.provisioned import begins_with_too_much, provisioned_must_go

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
    name = _config_name(case, creating=creating)
    alarms = [] if creating else [step.name for step in alarms_to_make(desired, config_name=name)]
    if row is None:
        return RevisionStatus(
            name=desired.revision,
            config_name=name,
            model_names=desired.model_names,
            state=RevisionState.DEPLOYING,
            created_at=timestamp(case.facts.now),
            initial_instance_counts=desired.counts,
            initial_weights=desired.weights,
            initial_concurrency=_initial_concurrency(desired.capacities),
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
    if name != row.config_name or creating:
        stale = [other for other in (*row.stale_config_names, row.config_name) if other != name]
        update |= {"config_name": name, "stale_config_names": stale}
        # Where two suffixes are the same by chance, counts and weights are put right once it serves.
        update |= {"initial_instance_counts": desired.counts, "initial_weights": desired.weights}
        update |= {"initial_concurrency": _initial_concurrency(desired.capacities)}
    return row.model_copy(update=update)


def _config_name(case: Case, *, creating: bool) -> str:
    """A new one where the one that is there begins with what the endpoint must not have."""
    desired, row, live = case.desired, case.row, case.live
    if row is None:
        return desired.config_name(made_with=None, made_before=False)
    made_with = capacities_of(row)
    if creating:
        return desired.config_name(made_with=made_with, made_before=True)
    if live is not None and live.config_name == row.config_name and provisioned_must_go(case):
        return desired.config_name_beside(row.config_name)
    if made_with is not None and begins_with_too_much(made_with, desired.capacities):
        return desired.config_name(made_with=made_with, made_before=True)
    return row.config_name


def _resolved(case: Case) -> Resolved:
    looks, multi_model = case.facts.looks, case.desired.spec.multi_model
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
        s3_prefix=multi_model.s3_prefix if multi_model is not None else None,
    )


def _resolved_images(case: Case) -> list[ResolvedImage]:
    seen = {image.container: image for image in (case.facts.looks.images if case.facts.looks else ())}
    named = {**case.desired.resolved.images, **{field: image.image for field, image in seen.items()}}
    return [
        ResolvedImage(container=field, image=image, digest=seen[field].digest if field in seen else None)
        for field, image in named.items()
    ]


def capacities_of(row: RevisionStatus) -> Capacities | None:
    """What the row's endpoint config begins with; None where nobody knows."""
    if row.initial_instance_counts is None:
        return None
    concurrencies = {
        name: Concurrency(maximum=each.max_concurrency, provisioned=each.provisioned_concurrency)
        for name, each in (row.initial_concurrency or {}).items()
    }
    return Capacities(
        counts=row.initial_instance_counts, weights=row.initial_weights or {}, concurrencies=concurrencies
    )


def _initial_concurrency(capacities: Capacities) -> dict[str, InitialConcurrency] | None:
    return {
        name: InitialConcurrency(max_concurrency=each.maximum, provisioned_concurrency=each.provisioned)
        for name, each in capacities.concurrencies.items()
    } or None


def serving(case: Case) -> Memory:
    """The rows once the wanted revision serves: Active and last, before it the one that served until now."""
    others = [row for row in as_they_went(case) if row.name != case.desired.revision]
    rollout = case.status.rollout if seconds_until_sure(case) > 0.0 else None
    return Memory(revisions=(*superseded(others), _active_row(case)), rollout=rollout)


def _active_row(case: Case) -> RevisionStatus:
    row = case.row
    if row is not None:
        active = {"state": RevisionState.ACTIVE, "reason": None, "failure": None, **_given_up_config(row, case)}
        return row.model_copy(update=active)
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


def _given_up_config(row: RevisionStatus, case: Case) -> dict[str, object]:
    """What changes of a row whose endpoint serves from an older config of it, and is to: an edit came before the update
    to the newer one. That one is stale then, and what the older one began with nobody knows any more."""
    serves_from = case.live.config_name if case.live is not None else None
    if serves_from not in row.stale_config_names or seconds_until_sure(case) > 0.0:
        return {}
    stale = [name for name in (*row.stale_config_names, row.config_name) if name != serves_from]
    forgotten: dict[str, object] = {"initial_instance_counts": None, "initial_weights": None}
    return {**forgotten, "initial_concurrency": None, "config_name": serves_from, "stale_config_names": stale}
