"""`spec.containers[]`: what runs, from where, with which environment."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict

from endpoint_operator.api.schema import (
    ApiModel,
    Image,
    ModelUri,
    ObjectName,
    Overrides,
    SageMakerName,
    list_map,
    rules,
    text,
)


class Compression(StrEnum):
    GZIP = "Gzip"
    NONE = "None"


class ContainerInvocation(StrEnum):
    SERIAL = "Serial"
    DIRECT = "Direct"


class ModelData(ApiModel):
    """Where the model's artifact is."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            (
                "(has(self.compression) && self.compression == 'None') || !self.s3Uri.endsWith('/')",
                "modelData.s3Uri is one .tar.gz object; for an S3 prefix set compression: None",
                ".s3Uri",
            )
        )
    )

    s3_uri: ModelUri
    """The artifact: a .tar.gz object, or with compression None an S3 prefix. In the endpoint's region."""
    compression: Compression = Compression.GZIP
    """Gzip for a .tar.gz object, None for an S3 prefix whose objects are used as they are."""


class KeyRef(ApiModel):
    """One key of a Secret or ConfigMap in the endpoint's namespace."""

    name: ObjectName
    """Name of the Secret or ConfigMap."""
    key: Annotated[str, text(253)]
    """Key in its data."""


class ValueFrom(ApiModel):
    """A value that is read from the cluster when a revision is made."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            (
                "has(self.secretKeyRef) != has(self.configMapKeyRef)",
                "give either valueFrom.secretKeyRef or valueFrom.configMapKeyRef",
            )
        )
    )

    secret_key_ref: KeyRef | None = None
    """A key of a Secret. SageMaker shows environment values to everyone who may call DescribeModel."""
    config_map_key_ref: KeyRef | None = None
    """A key of a ConfigMap."""


class EnvironmentVariable(ApiModel):
    """One environment variable of a container."""

    model_config = ConfigDict(
        json_schema_extra=rules(("has(self.value) != has(self.valueFrom)", "give either value or valueFrom"))
    )

    name: Annotated[str, text(1024, pattern="^[a-zA-Z_][a-zA-Z0-9_]*$")]
    """Name of the variable."""
    value: Annotated[str, text(1024, minimum=None)] | None = None
    """Its value, readable by everyone who may call sagemaker:DescribeModel."""
    value_from: ValueFrom | None = None
    """Where its value is read from."""


class Accelerator(StrEnum):
    CPU = "cpu"
    GPU = "gpu"
    INFERENTIA = "inferentia"


class Framework(ApiModel):
    """An AWS framework image, found for the region by the operator."""

    name: Annotated[str, text(64, pattern="^[a-z0-9][a-z0-9-]*$")]
    """The SageMaker SDK's name of the framework; triton is an alias."""
    version: Annotated[str, text(64)]
    """Framework version, as the SDK writes it."""
    base_framework: Annotated[str, text(64)] | None = None
    """Where AWS builds one framework on another: the other one, as in pytorch1.13.1. Default: the newest PyTorch."""
    python: Annotated[str, text(16)] | None = None
    """Python version, as in py310. Default: the newest."""
    accelerator: Accelerator | None = None
    """Default: what the instance type has."""
    scope: Annotated[str, text(32)] | None = None
    """The SDK's image scope. Default: inference."""


class Container(ApiModel):
    """One container of a model."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            (
                "[has(self.image), has(self.framework), has(self.modelPackageArn)].filter(x, x).size() == 1",
                "a container takes one of image, framework and modelPackageArn",
            )
        )
    )

    name: SageMakerName | None = None
    """SageMaker's ContainerHostname: name all containers or none."""
    image: Image | None = None
    """Image in ECR."""
    framework: Framework | None = None
    """An AWS framework image instead of an image of one's own."""
    model_package_arn: Annotated[str, text(176, pattern=r"^arn:aws[a-z\-]*:sagemaker:")] | None = None
    """A model package of the model registry or the Marketplace."""
    model_data: ModelData | None = None
    """The artifact; none where the image holds its model or fetches it itself."""
    environment: Annotated[list[EnvironmentVariable], list_map("name", max_items=100)] | None = None
    """Environment variables."""
    overrides: Overrides | None = None
    """Members of SageMaker's ContainerDefinition that this API does not name."""
