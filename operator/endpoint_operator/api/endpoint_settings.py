"""What surrounds the models of an endpoint: modes' own settings, data capture, network, export, overrides."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from endpoint_operator.api.schema import (
    ApiModel,
    KmsKeyId,
    ObjectName,
    Overrides,
    PrefixUri,
    TopicArn,
    atomic_list,
    rules,
    text,
)


class Cache(StrEnum):
    ENABLED = "Enabled"
    DISABLED = "Disabled"


class MultiModel(ApiModel):
    """Where the models of a multi-model endpoint lie."""

    s3_prefix: Annotated[str, text(1024, pattern=r"^s3://.+/$")]
    """S3 prefix of the models, ending in a slash."""
    cache: Cache = Cache.ENABLED
    """Disabled unloads a model after each call."""


class ResponseIn(StrEnum):
    SUCCESS = "SUCCESS_NOTIFICATION_TOPIC"
    ERROR = "ERROR_NOTIFICATION_TOPIC"


class Async(ApiModel):
    """Where an asynchronous endpoint puts its answers."""

    output_s3_uri: PrefixUri
    """S3 prefix for answers."""
    failure_s3_uri: PrefixUri | None = None
    """S3 prefix for failures."""
    max_concurrent_invocations_per_instance: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Requests that a container gets at once."""
    success_topic_arn: TopicArn | None = None
    """SNS topic told of successes."""
    error_topic_arn: TopicArn | None = None
    """SNS topic told of failures."""
    include_inference_response_in: Annotated[list[ResponseIn], atomic_list(max_items=2)] | None = None
    """Notifications that carry the answer itself."""
    kms_key_id: KmsKeyId | None = None
    """Key for the answers in S3."""


class Capture(StrEnum):
    INPUT = "Input"
    OUTPUT = "Output"


ContentType = Annotated[str, text(256)]


class DataCapture(ApiModel):
    """Requests and answers written to S3."""

    s3_uri: PrefixUri
    """S3 prefix for the captured data."""
    sampling_percent: Annotated[int, Field(ge=0, le=100)]
    """Share of the requests, 0 to 100."""
    capture: Annotated[list[Capture], atomic_list(max_items=2, min_items=1)]
    """Input, Output or both."""
    csv_content_types: Annotated[list[ContentType], atomic_list(max_items=10)] | None = None
    """Content types written as CSV."""
    json_content_types: Annotated[list[ContentType], atomic_list(max_items=10)] | None = None
    """Content types written as JSON."""
    kms_key_id: KmsKeyId | None = None
    """Key for the captured data."""


SubnetId = Annotated[str, text(32, pattern=r"^[-0-9a-zA-Z]+$")]


class Network(ApiModel):
    """The VPC that the containers run in."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            (
                "has(self.subnetIds) == has(self.securityGroupIds)",
                "give network.subnetIds and securityGroupIds together",
            )
        )
    )

    subnet_ids: Annotated[list[SubnetId], atomic_list(max_items=16, min_items=1)] | None = None
    """Subnets, in two availability zones or more."""
    security_group_ids: Annotated[list[SubnetId], atomic_list(max_items=5, min_items=1)] | None = None
    """Security groups."""
    isolation: bool | None = None
    """No network for the containers at all."""


class Export(ApiModel):
    """A ConfigMap for the programs that call the endpoint."""

    config_map_name: ObjectName
    """Its name, in the endpoint's namespace."""


class EndpointOverrides(ApiModel):
    """Members of the SageMaker API that this API does not name, merged into the calls."""

    model: Overrides | None = None
    """Members of CreateModel."""
    endpoint_config: Overrides | None = None
    """Members of CreateEndpointConfig."""
    endpoint: Overrides | None = None
    """Members of CreateEndpoint and UpdateEndpoint."""
