"""`spec` of an InferenceModel: one model in a multi-model endpoint, typically one tenant's."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from endpoint_operator.api.containers import KeyRef
from endpoint_operator.api.model_rules import MODEL_RULES, SOURCE_RULES, WARM_UP_RULES
from endpoint_operator.api.schema import ApiModel, ModelUri, ObjectName, rules, text
from endpoint_operator.api.spec import DeletionPolicy

# InvokeEndpoint's TargetModel (botocore's service model).
TargetModel = Annotated[str, text(1024, pattern=r"^\S[ -~]*$")]
MODEL_ID_LENGTH = 253


class Layout(StrEnum):
    AS_IS = "AsIs"
    TRITON = "Triton"


class EndpointRef(ApiModel):
    """The multi-model endpoint, in the model's namespace."""

    name: ObjectName
    """Name of the InferenceEndpoint."""


class ConfigTemplate(ApiModel):
    """config.pbtxt for a directory that has none."""

    config_map_key_ref: KeyRef
    """The key of a ConfigMap in the model's namespace."""


class ModelSource(ApiModel):
    """Where the model comes from."""

    model_config = ConfigDict(json_schema_extra=rules(*SOURCE_RULES))

    s3_uri: ModelUri
    """A .tar.gz, which is copied as it is, or a directory (ending in a slash), which is packed."""
    layout: Layout = Layout.AS_IS
    """AsIs: what is in the archive is the server's business. Triton: it is checked before it is published."""
    config_template: ConfigTemplate | None = None
    """config.pbtxt for a directory that has none; with layout Triton."""
    version: Annotated[str, text(128)] | None = None
    """An ETag or any word, part of the key: without it, content is looked at on an edit or a new reconcile-at."""
    service_account_name: ObjectName | None = None
    """Who the packing Job is, in the model's namespace; the rights of its role are in config/iam/packer-policy.json."""


class WarmUp(ApiModel):
    """A request that loads the model before a caller waits for it."""

    model_config = ConfigDict(json_schema_extra=rules(*WARM_UP_RULES))

    content_type: Annotated[str, text(1024)] = "application/json"
    """ContentType of the request."""
    body: Annotated[str, text(65536)] | None = None
    """The request itself."""
    body_s3_uri: ModelUri | None = Field(default=None, alias="bodyS3Uri")
    """Where the request is, if not here."""
    interval_seconds: Annotated[int, Field(ge=10, le=86400)] | None = None
    """How often it is repeated; without it until the model is warm."""


class Traffic(ApiModel):
    """This model's share of the requests that a route sends to, or mirrors for, the endpoint."""

    percent: Annotated[int, Field(ge=0, le=100)] | None = None
    """Share of requests; the route's own without it."""
    mirror_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    """Share of requests that are also sent to the endpoint, whose answer nobody sees."""


class InferenceModelSpec(ApiModel):
    """What should be."""

    model_config = ConfigDict(json_schema_extra=rules(*MODEL_RULES))

    endpoint_ref: EndpointRef
    """The multi-model endpoint; it cannot be changed."""
    model_id: Annotated[str, text(MODEL_ID_LENGTH, pattern=r"^\S[ -~]*$")] | None = None
    """How callers name the model (a tenant, typically); the object's name without it; it cannot be changed."""
    source: ModelSource
    target_model: TargetModel | None = None
    """Key below the endpoint's prefix; made from modelId and content without it."""
    warm_up: WarmUp | None = None
    traffic: Traffic | None = None
    paused: bool = False
    """Observe only."""
    deletion_policy: DeletionPolicy = DeletionPolicy.DELETE
    """Retain: what was published stays in S3."""
