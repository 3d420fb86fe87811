"""What a serverless variant cannot be combined with: refused when the endpoint config is made.

Source: SageMaker Developer Guide, "Deploy models with Amazon SageMaker Serverless Inference", "Feature exclusions", and
the feature matrix of "Model hosting options". AWS publishes none of the sentences. Whether an image needs a GPU cannot
be told from its name, and is not looked at; AWS gives a serverless container none.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker_simulator.wire.errors import AwsError, validation_exception

from .serverless_config import serverless_of

Definition = Mapping[str, Any]

_ON_INSTANCES = ("AcceleratorType", "InitialInstanceCount", "InstancePools", "InstanceType", "ManagedInstanceScaling")
_OF_CONFIGS = {
    "AsyncInferenceConfig": "asynchronous inference",
    "DataCaptureConfig": "data capture",
    "ExplainerConfig": "explainers",
    "VpcConfig": "a VPC",
    "EnableNetworkIsolation": "network isolation",
    "ShadowProductionVariants": "shadow variants",
}
_OF_MODELS = {"VpcConfig": "a VPC", "EnableNetworkIsolation": "network isolation"}


def check_config(definition: Definition) -> None:
    """Raise AwsError for an endpoint config with a serverless variant and what that excludes."""
    variants: Sequence[Definition] = definition["ProductionVariants"]
    serverless = [variant for variant in variants if serverless_of(variant) is not None]
    if any("ServerlessConfig" in shadow for shadow in definition.get("ShadowProductionVariants", ())):
        raise _refusal("shadow variants")
    if not serverless:
        return
    if len(variants) > 1:
        raise _refusal("several production variants")
    for member, what in _OF_CONFIGS.items():
        if definition.get(member):
            raise _refusal(what, member)
    for member in _ON_INSTANCES:
        if member in serverless[0]:
            name = serverless[0]["VariantName"]
            raise validation_exception(f"ServerlessConfig cannot be combined with {member} in {name}.")


def check_model(definition: Definition, containers: Sequence[Definition]) -> None:
    """Raise AwsError for a model that a serverless variant cannot run. `definition` is CreateModel's."""
    for member, what in _OF_MODELS.items():
        if definition.get(member):
            raise _refusal(what, member)
    if len(containers) > 1:
        raise _refusal("models of several containers")
    for container in containers:
        if container.get("Mode") == "MultiModel":
            raise _refusal("multi-model containers", "Mode")
        if "ModelDataSource" in container:
            raise _refusal("uncompressed model data", "ModelDataSource")
        if container.get("ImageConfig", {}).get("RepositoryAccessMode") == "Vpc":
            raise _refusal("images of private registries", "ImageConfig")


def _refusal(what: str, member: str | None = None) -> AwsError:
    named = f" ({member})" if member is not None else ""
    return validation_exception(f"Serverless endpoints do not support {what}{named}.")
