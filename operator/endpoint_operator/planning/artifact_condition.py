"""The condition ArtifactChanged: other bytes lie behind the URI or the tag than the revision that serves was made of.

It never rolls out by itself (api.md, `redeploy`). Looked at when somebody asks for a look, and before a revision.
"""

from endpoint_operator.api.conditions import Condition, ConditionStatus, merged
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import InferenceEndpointStatus, Resolved, RevisionState
from endpoint_operator.planning.facts import Looks

ARTIFACT_CHANGED = "ArtifactChanged"


def with_artifact_condition(
    endpoint: InferenceEndpoint, status: InferenceEndpointStatus, looks: Looks | None, *, now: str
) -> InferenceEndpointStatus:
    """The status with the condition where something was looked at; else as it was, while the same revision serves."""
    active = next((row for row in reversed(status.revisions) if row.state == RevisionState.ACTIVE), None)
    before = next((row for row in reversed(endpoint.status.revisions) if row.state == RevisionState.ACTIVE), None)
    others = [condition for condition in status.conditions if condition.type != ARTIFACT_CHANGED]
    if active is None or before is None or active.name != before.name or endpoint.being_deleted:
        return status.model_copy(update={"conditions": others})
    if looks is None or status.rollout is not None:
        return status
    changed = _changes(active.resolved, looks)
    condition = Condition(
        type=ARTIFACT_CHANGED,
        status=ConditionStatus.TRUE if changed else ConditionStatus.FALSE,
        observed_generation=endpoint.generation,
        last_transition_time=now,
        reason="ArtifactChanged" if changed else "ArtifactUnchanged",
        message=f"{'; '.join(changed)}: revision {active.name} was made of what was there before; "
        "give spec.redeploy another word to roll out what is there now"
        if changed
        else "",
    )
    return status.model_copy(update={"conditions": merged(status.conditions, [*others, condition])})


def _changes(resolved: Resolved, looks: Looks) -> list[str]:
    etags = {artifact.s3_uri: artifact.etag for artifact in looks.artifacts}
    digests = {image.container: image.digest for image in looks.images}
    changed = [
        f"the object behind {artifact.s3_uri} has another ETag"
        for artifact in resolved.artifacts
        if artifact.etag and etags.get(artifact.s3_uri) not in (None, artifact.etag)
    ]
    changed += [
        f"the image of {image.container} has another digest"
        for image in resolved.images
        if image.digest and digests.get(image.container) not in (None, image.digest)
    ]
    return list(dict.fromkeys(changed))
