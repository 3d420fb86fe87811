"""`spec` of an InferenceEndpoint. One object is one SageMaker endpoint."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from endpoint_operator.api.autoscaling import Autoscaling
from endpoint_operator.api.capacity import Instance, Serverless
from endpoint_operator.api.containers import Container, ContainerInvocation
from endpoint_operator.api.endpoint_settings import Async, DataCapture, EndpointOverrides, Export, MultiModel, Network
from endpoint_operator.api.rollout import Rollout
from endpoint_operator.api.schema import (
    ApiModel,
    KmsKeyId,
    RoleArn,
    SageMakerName,
    Word,
    atomic_list,
    list_map,
    rules,
    text,
)
from endpoint_operator.api.spec_rules import SPEC_RULES, Rule


class Mode(StrEnum):
    REAL_TIME = "RealTime"
    MULTI_MODEL = "MultiModel"
    ASYNC = "Async"
    SERVERLESS = "Serverless"


class DeletionPolicy(StrEnum):
    DELETE = "Delete"
    RETAIN = "Retain"


class AdoptionPolicy(StrEnum):
    NEVER = "Never"
    ADOPT_OR_CREATE = "AdoptOrCreate"
    TAKE_OVER = "TakeOver"


class ReplacePolicy(StrEnum):
    REFUSE = "Refuse"
    RECREATE = "Recreate"


class Preflight(StrEnum):
    ENFORCE = "Enforce"
    WARN = "Warn"
    OFF = "Off"


Containers = Annotated[list[Container], atomic_list(max_items=15, min_items=1)]


_VARIANT_AUTOSCALING: tuple[Rule, ...] = (
    (
        "!has(self.autoscaling) || self.autoscaling.minCount > 0",
        "autoscaling.minCount 0 needs mode Async",
        ".autoscaling.minCount",
    ),
    (
        "!has(self.autoscaling) || !(has(self.autoscaling.backlogPerInstance) || "
        "has(self.autoscaling.provisionedConcurrencyUtilization))",
        "autoscaling by backlogPerInstance or provisionedConcurrencyUtilization is not for variants",
        ".autoscaling",
    ),
    (
        "!has(self.autoscaling) || !self.instance.type.startsWith('ml.t2.')",
        "autoscaling is not for ml.t2 instances",
        ".autoscaling",
    ),
)


class Variant(ApiModel):
    """One production variant: a share of the traffic on instances of its own."""

    model_config = ConfigDict(json_schema_extra=rules(*_VARIANT_AUTOSCALING))

    name: SageMakerName
    """Name of the variant."""
    weight: Annotated[float, Field(ge=0, le=1_000_000)] = 1.0
    """Its share of the traffic is its weight over the sum of all weights; changes at any time."""
    containers: Containers
    """What runs."""
    instance: Instance
    """What it runs on."""
    autoscaling: Autoscaling | None = None
    """How the number of instances follows the load."""


class Shadow(ApiModel):
    """A variant that gets copies of requests; its answers are dropped."""

    model_config = ConfigDict(json_schema_extra=rules(*_VARIANT_AUTOSCALING))

    name: SageMakerName
    """Name of the variant."""
    sampling_percent: Annotated[int, Field(ge=0, le=100)]
    """Share of the requests that are copied to it, 0 to 100."""
    containers: Containers
    """What runs: one container."""
    instance: Instance
    """What it runs on."""
    autoscaling: Autoscaling | None = None
    """How the number of instances follows the load."""


class InferenceEndpointSpec(ApiModel):
    """What the endpoint should be."""

    model_config = ConfigDict(json_schema_extra=rules(*SPEC_RULES))

    mode: Mode
    """RealTime, MultiModel, Async or Serverless."""
    endpoint_name: SageMakerName | None = None
    """Name of the SageMaker endpoint, for ever. Default: namespace-name."""
    region: Annotated[str, text(32, pattern=r"^[a-z]{2}(-[a-z]+)+-\d+$")] | None = None
    """AWS region. Default: the operator's."""
    assume_role_arn: RoleArn | None = None
    """Role that the operator assumes for all calls. Default: its own."""
    execution_role_arn: RoleArn | None = None
    """Role that SageMaker runs the containers with. Default: the operator's --default-execution-role-arn."""
    containers: Containers | None = None
    """What runs: one container, or a pipeline of several."""
    container_invocation: ContainerInvocation | None = None
    """How several containers are called: Serial, one after the other, or Direct, by name. Default: Serial."""
    instance: Instance | None = None
    """What it runs on."""
    serverless: Serverless | None = None
    """Capacity of mode Serverless."""
    multi_model: MultiModel | None = None
    """Where the models of mode MultiModel lie."""
    async_: Annotated[Async | None, Field(alias="async")] = None
    """Where the answers of mode Async go."""
    variants: Annotated[list[Variant], list_map("name", max_items=10, min_items=1)] | None = None
    """Several variants instead of containers, instance and autoscaling."""
    shadow: Shadow | None = None
    """A variant that gets copies of requests."""
    autoscaling: Autoscaling | None = None
    """How the number of instances follows the load."""
    rollout: Rollout | None = None
    """How a new revision takes over."""
    data_capture: DataCapture | None = None
    """Requests and answers written to S3."""
    network: Network | None = None
    """The VPC that the containers run in."""
    kms_key_id: KmsKeyId | None = None
    """Key for the volumes of the instances."""
    tags: Annotated[dict[str, Annotated[str, text(256, minimum=None)]], Field(max_length=40)] | None = None
    """AWS tags, kept in step."""
    redeploy: Word | None = None
    """Any word: a new one rolls out the same spec again, for new bytes behind the same URI."""
    rollout_on_input_change: bool = False
    """A changed Secret or ConfigMap rolls out by itself."""
    deletion_policy: DeletionPolicy = DeletionPolicy.DELETE
    """Delete removes everything in AWS with the object; Retain lets it be."""
    adoption_policy: AdoptionPolicy = AdoptionPolicy.NEVER
    """What happens when an endpoint of that name exists that this object did not make."""
    paused: bool = False
    """Observe only, and say in status.plannedCalls what would be done."""
    stopped: bool = False
    """No endpoint and no cost; everything is kept to start again."""
    replace_policy: ReplacePolicy = ReplacePolicy.REFUSE
    """Recreate allows changes that need the endpoint deleted and made again."""
    revision_history_limit: Annotated[int, Field(ge=0, le=10)] = 3
    """How many old revisions are kept in AWS."""
    preflight: Preflight = Preflight.ENFORCE
    """Whether artifact and role are looked at before SageMaker is asked, which takes up to an hour to fail."""
    export: Export | None = None
    """A ConfigMap for the programs that call the endpoint."""
    overrides: EndpointOverrides | None = None
    """Members of the SageMaker API that this API does not name."""
