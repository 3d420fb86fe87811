"""`status` of an InferenceEndpoint: what people and programs read, and what the operator remembers across restarts."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from endpoint_operator.api.conditions import Condition
from endpoint_operator.api.scaling_status import ScalingStatus
from endpoint_operator.api.schema import atomic_list, list_map, text
from endpoint_operator.api.status_model import StatusModel, Text, Time


class Phase(StrEnum):
    PENDING = "Pending"
    CREATING = "Creating"
    UPDATING = "Updating"
    READY = "Ready"
    STOPPED = "Stopped"
    STALLED = "Stalled"
    DELETING = "Deleting"


class RevisionState(StrEnum):
    ACTIVE = "Active"
    DEPLOYING = "Deploying"
    SUPERSEDED = "Superseded"
    FAILED = "Failed"
    ROLLED_BACK = "RolledBack"


class EndpointStatus(StatusModel):
    """What SageMaker last said of the endpoint."""

    name: Text
    """Name of the SageMaker endpoint."""
    arn: Text | None = None
    """Its ARN."""
    status: Text | None = None
    """SageMaker's EndpointStatus."""
    config_name: Text | None = None
    """The endpoint config that serves."""
    invocation_url: Text | None = None
    """Where requests go; they are signed with AWS Signature Version 4."""
    failure_reason: Text | None = None
    """SageMaker's FailureReason: of the last change that failed, also while an older revision serves."""
    asynchronous: bool | None = None
    """Whether it answers InvokeEndpointAsync only; not said where it does not."""
    creation_time: Time | None = None
    """When it was made."""
    last_modified_time: Time | None = None
    """When SageMaker last changed it."""
    tags_digest: Text | None = None
    """Digest of the tags that were last put on the endpoint."""


class ResolvedArtifact(StatusModel):
    """An artifact as it was when the revision was made."""

    s3_uri: Text
    """Where it is."""
    etag: Text | None = None
    """Its ETag then."""


class ResolvedImage(StatusModel):
    """The image of one container, as it was when the revision was made."""

    container: Text
    """The container's path in the manifest."""
    image: Text
    """The image."""
    digest: Text | None = None
    """Its digest in ECR, where it could be looked at."""


class ResolvedInput(StatusModel):
    """A value of a Secret or ConfigMap, as it was when the revision was made."""

    source: Text
    """Where it is: Secret/name/key or ConfigMap/name/key."""
    uid: Text
    """The object's uid then."""
    resource_version: Text
    """The object's resourceVersion then."""
    digest: Text
    """An HMAC of the value, with a key that only the operator has."""


class Resolved(StatusModel):
    """What the revision took from outside its object, kept so that nothing but a spec change resolves it again."""

    region: Text | None = None
    """The region that it was made in."""
    account: Text | None = None
    """The account that it was made in."""
    execution_role_arn: Annotated[str, text(2048, minimum=None)]
    """The role that SageMaker runs the containers with."""
    artifacts: Annotated[list[ResolvedArtifact], atomic_list(max_items=165)] = Field(default_factory=list)
    """The artifacts as preflight saw them."""
    images: Annotated[list[ResolvedImage], atomic_list(max_items=165)] = Field(default_factory=list)
    """The containers' images: those found for frameworks, and those that were looked at in ECR."""
    inputs: Annotated[list[ResolvedInput], atomic_list(max_items=100)] = Field(default_factory=list)
    """What was taken from Secrets and ConfigMaps."""
    s3_prefix: Text | None = None
    """Where the models of a multi-model endpoint lie: no other namespace takes it while this revision serves."""


class RevisionFailure(StatusModel):
    """What was true when the revision failed; it is tried again when one of these differs."""

    generation: int
    """Generation of the object."""
    reconcile_at: Text = ""
    """Value of the annotation reconcile-at."""
    look: Text | None = None
    """Digest of what preflight saw; none where the failure is not about what preflight looks at."""


class InitialConcurrency(StatusModel):
    """What a serverless variant begins with."""

    max_concurrency: int
    """MaxConcurrency."""
    provisioned_concurrency: int | None = None
    """ProvisionedConcurrency."""


class RevisionStatus(StatusModel):
    """One revision that has, or may have, objects in AWS."""

    name: Text
    """Hash of what SageMaker cannot change in place."""
    config_name: Text
    """Its endpoint config."""
    model_names: Annotated[list[Text], atomic_list(max_items=11)]
    """Its models."""
    state: RevisionState
    """What has become of it."""
    reason: Text | None = None
    """Why it failed, or never served."""
    created_at: Time
    """When it was first wanted."""
    initial_instance_counts: Annotated[dict[str, int], Field(max_length=11)] | None = None
    """InitialInstanceCount by variant in the endpoint config; unknown where the row was rebuilt from AWS."""
    initial_weights: Annotated[dict[str, float], Field(max_length=11)] | None = None
    """InitialVariantWeight by production variant in the endpoint config."""
    initial_concurrency: Annotated[dict[str, InitialConcurrency], Field(max_length=11)] | None = None
    """Concurrency by serverless variant in the endpoint config."""
    instance_types: Annotated[dict[str, Text], Field(max_length=11)] = Field(default_factory=dict)
    """Instance type by variant."""
    alarm_names: Annotated[list[Text], atomic_list(max_items=10)] = Field(default_factory=list)
    """CloudWatch alarms that watch its rollout; removed when that is over."""
    stale_config_names: Annotated[list[Text], atomic_list(max_items=20)] = Field(default_factory=list)
    """Older endpoint configs of this revision, made with other instance counts; removed in time."""
    spec_digest: Text
    """Digest of the part of the spec that cannot change in place."""
    resolved: Resolved
    failure: RevisionFailure | None = None


class DeployedImage(StatusModel):
    """An image and the digest that SageMaker resolved it to."""

    specified_image: Text
    """The image as the spec names it."""
    resolved_image: Text | None = None
    """The image with its digest."""


class CostStatus(StatusModel):
    """What the instances cost."""

    hourly_usd: Annotated[Text, Field(alias="hourlyUSD")]
    """USD an hour, a decimal."""
    source: Text
    """PriceList, Bundled (a table that the operator carries) or Estimated (from EC2's price)."""
    as_of: Text
    """Date of the price table."""


class ServerlessStatus(StatusModel):
    """What a serverless variant may use."""

    memory_mb: Annotated[int, Field(alias="memoryMB")]
    """Memory in MB."""
    max_concurrency: int
    """How many requests are served at once."""
    provisioned_concurrency: int | None = None
    """How many of them without a cold start."""


class VariantStatus(StatusModel):
    """What SageMaker said of a variant."""

    name: Text
    """Name of the variant."""
    current_weight: float | None = None
    """Weight that traffic is shared by now."""
    desired_weight: float | None = None
    """Weight that is being reached."""
    current_instance_count: int | None = None
    """Instances now."""
    desired_instance_count: int | None = None
    """Instances that are being reached."""
    current_serverless: ServerlessStatus | None = None
    """What a serverless variant may use now."""
    desired_serverless: ServerlessStatus | None = None
    """What is being reached."""
    instance_pools: Annotated[dict[str, int], Field(max_length=6)] | None = None
    """Instances now by type, where the spec gives pools."""
    images: Annotated[list[DeployedImage], atomic_list(max_items=15)] = Field(default_factory=list)
    """The images that run."""


class RolloutVariant(StatusModel):
    """How far one variant's new fleet is."""

    name: Text
    """Name of the variant."""
    stage: Text
    """SageMaker's VariantStatus: Creating, Updating, Deleting, ActivatingTraffic or Baking."""
    message: Text | None = None
    """SageMaker's words."""
    since: Time | None = None
    """When the stage began."""
    current_instance_count: int | None = None
    """Instances of the new fleet now."""
    desired_instance_count: int | None = None
    """Instances that it will have."""


class RolloutStatus(StatusModel):
    """The rollout under way."""

    stage: Text
    """Creating, Updating or Recreating."""
    from_revision: Text | None = None
    """The revision that served before."""
    to_revision: Text
    """The revision that is being rolled out."""
    since: Time
    """When it began."""
    endpoint_modified_before: Time | None = None
    """LastModifiedTime of the endpoint before the update: an older failure is not this one's."""
    variants: Annotated[list[RolloutVariant], atomic_list(max_items=11)] = Field(default_factory=list)
    """SageMaker's progress, variant by variant."""


class ExportStatus(StatusModel):
    """The ConfigMap for the programs that call the endpoint: named here before it is made."""

    config_map_name: Text
    """Its name."""
    digest: Text
    """Digest of what was written; empty until it was."""
    obsolete_names: Annotated[list[Text], atomic_list(max_items=20)] = Field(default_factory=list)
    """ConfigMaps of names that were given up; removed once this one is written."""


class ModelsStatus(StatusModel):
    """The InferenceModels that name the endpoint; counted anew at most every 10 s."""

    declared: int
    """How many there are."""
    published: int
    """How many have their content under the endpoint's prefix."""
    warm: int
    """How many answer without a cold start, of those that ask for a warm-up."""


class PlannedCall(StatusModel):
    """A call that is not made while the object is paused."""

    operation: Text
    """Operation of the AWS API."""
    resource: Text
    """Name of what it would change."""


class InferenceEndpointStatus(StatusModel):
    """What is."""

    observed_generation: int | None = None
    """Generation of the spec that this status is about."""
    phase: Phase | None = None
    """For people; programs read conditions."""
    instance_count: int | None = None
    """Instances that serve."""
    selector: Text | None = None
    """For the scale subresource: a label that no Pod has."""
    endpoint: EndpointStatus | None = None
    """What SageMaker says of the endpoint."""
    revisions: Annotated[list[RevisionStatus], list_map("name", max_items=16)] = Field(default_factory=list)
    """Revisions that have objects in AWS, newest last."""
    variants: Annotated[list[VariantStatus], list_map("name", max_items=11)] = Field(default_factory=list)
    """The fleet, variant by variant."""
    shadow: VariantStatus | None = None
    """The shadow variant."""
    autoscaling: Annotated[list[ScalingStatus], list_map("name", max_items=11)] = Field(default_factory=list)
    """What is registered with Application Auto Scaling, variant by variant."""
    models: ModelsStatus | None = None
    """The models of mode MultiModel."""
    cost: CostStatus | None = None
    """What it costs; none while unknown."""
    rollout: RolloutStatus | None = None
    """The change under way."""
    planned_calls: Annotated[list[PlannedCall], atomic_list(max_items=20)] = Field(default_factory=list)
    """While paused: what would be done, in order."""
    export: ExportStatus | None = None
    """The ConfigMap of spec.export."""
    conditions: Annotated[list[Condition], list_map("type", max_items=20)] = Field(default_factory=list)
    """Ready, Reconciling, Stalled (as kstatus reads them) and Available."""

    def revision(self, name: str) -> RevisionStatus | None:
        return next((row for row in self.revisions if row.name == name), None)
