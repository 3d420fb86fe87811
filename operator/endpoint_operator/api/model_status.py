"""`status` of an InferenceModel: what callers need, and what the operator remembers across restarts."""

from typing import Annotated

from pydantic import Field

from endpoint_operator.api.conditions import Condition
from endpoint_operator.api.schema import atomic_list, list_map, text
from endpoint_operator.api.status_model import StatusModel, Text, Time

# Below the endpoint's prefix: as long as that and a TargetModel may be together, so that S3 says what is too long.
ArtifactUri = Annotated[str, text(2048, minimum=None)]


class PublishedFrom(StatusModel):
    """What was published, so that nothing but an edit or reconcile-at looks at the source again."""

    s3_uri: Text
    """The source."""
    etag: Text
    """ETag of the archive, or digest of the directory's listing."""
    content: Text
    """Digest of everything that decides the key: source, layout, version, template."""
    generation: int | None = None
    """Generation of the spec that the source was looked at for."""
    reconcile_at: Text | None = None
    """Value of the annotation reconcile-at that the source was looked at for."""
    answered: bool | None = None
    """Whether it answered a warm-up before callers were told of it."""


class Publishing(StatusModel):
    """What is about to be written to S3: named here before it is."""

    artifact_s3_uri: ArtifactUri
    """Where it will be."""
    content: Text
    """Its digest, as in `published`."""
    since: Time
    """When it was first wanted."""
    target_model: Text | None = None
    """TargetModel of an invocation, once it is there."""
    source_s3_uri: ArtifactUri | None = None
    """What it is made from: the source, or where the endpoint's prefix moved, what is published under the old one."""
    source_etag: Text | None = None
    """ETag of that, or digest of the directory's listing; without it the source is to be looked at again."""
    source_size_bytes: int | None = None
    """Its size, as it is before it is packed."""
    template_digest: Text | None = None
    """Digest of the config template that it is packed with."""
    generation: int | None = None
    """Generation of the spec that it is for."""
    reconcile_at: Text | None = None
    """Value of the annotation reconcile-at that it is for."""
    refused: Text | None = None
    """Reason and sentence, where the content itself was found wrong; it is not tried again."""


class MigrationStatus(StatusModel):
    """How far a migration has this model; written by the migration alone."""

    name: Text
    """The EndpointMigration."""
    phase: Text
    """Where the model is on its way, from Discovered to Retired."""
    percent: int | None = None
    """Share of requests that the endpoint answers."""
    samples: int | None = None
    """Answers that were compared."""
    agreement: Text | None = None
    """Share of them that agree, in percent, as a decimal."""
    since: Time | None = None
    """When the phase began."""
    reason: Text | None = None
    """Why it stays there."""


class InferenceModelStatus(StatusModel):
    """What is."""

    observed_generation: int | None = None
    """Generation of the spec that this status is about."""
    observed_reconcile_at: Text | None = None
    """Value of the annotation reconcile-at that this status is about."""
    model_id: Text | None = None
    """How callers name the model: spec.modelId, or else the object's name."""
    phase: Text | None = None
    """For people: Pending, Packing, Publishing, Ready, Stalled or Deleting."""
    target_model: Text | None = None
    """TargetModel of an invocation, now."""
    artifact_s3_uri: ArtifactUri | None = None
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
    obsolete: Annotated[list[ArtifactUri], atomic_list(max_items=20)] = Field(default_factory=list)
    """S3 URIs of earlier content, removed once the new one answers."""
    former_prefix: Text | None = None
    """Prefix that the endpoint may serve until it has rolled out, in place of the present one; empty if not known."""
    switched_at: Time | None = None
    """When callers were last told of another target."""
    migration: MigrationStatus | None = None
    """How far a migration has it."""
    conditions: Annotated[list[Condition], list_map("type", max_items=20)] = Field(default_factory=list)
    """Ready, Reconciling, Stalled (as kstatus reads them) and Warm."""
