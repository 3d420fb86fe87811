"""`status` of an InferenceModel: what callers need, and what the operator remembers across restarts."""

from typing import Annotated

from endpoint_operator.api.conditions import Condition
from endpoint_operator.api.schema import atomic_list, list_map
from endpoint_operator.api.status_model import StatusModel, Text, Time


class PublishedFrom(StatusModel):
    """What was published, so that nothing but an edit or reconcile-at looks at the source again."""

    s3_uri: Text
    """The source."""
    etag: Text
    """ETag of the archive, or digest of the directory's listing."""
    content: Text
    """Digest of everything that decides the key: source, layout, version, template."""


class Publishing(StatusModel):
    """What is about to be written to S3: named here before it is."""

    artifact_s3_uri: Text
    """Where it will be."""
    content: Text
    """Its digest, as in `published`."""
    since: Time
    """When it was first wanted."""


class MigrationStatus(StatusModel):
    """How far a migration has this model; written by the migration alone."""

    name: Text
    phase: Text
    percent: int | None = None
    since: Time | None = None
    reason: Text | None = None


class InferenceModelStatus(StatusModel):
    """What is."""

    observed_generation: int | None = None
    """Generation of the spec that this status is about."""
    observed_reconcile_at: Text | None = None
    """Value of the annotation reconcile-at that this status is about."""
    phase: Text | None = None
    """For people: Pending, Packing, Publishing, Ready, Stalled or Deleting."""
    target_model: Text | None = None
    """TargetModel of an invocation, now."""
    artifact_s3_uri: Text | None = None
    """The object that SageMaker loads."""
    size_bytes: int | None = None
    """Its size."""
    etag: Text | None = None
    """Its ETag."""
    region: Text | None = None
    """Where it is, so that a deletion reads no other object."""
    assume_role_arn: Text | None = None
    """The role that it was written with, where that is not the operator's own."""
    published: PublishedFrom | None = None
    """What the object was made from."""
    publishing: Publishing | None = None
    """What is being made."""
    obsolete: Annotated[list[Text], atomic_list(max_items=20)] = []
    """S3 URIs of earlier content, removed once the new one answers."""
    migration: MigrationStatus | None = None
    """How far a migration has it."""
    conditions: Annotated[list[Condition], list_map("type", max_items=20)] = []
    """Ready, Reconciling, Stalled (as kstatus reads them) and Warm."""
