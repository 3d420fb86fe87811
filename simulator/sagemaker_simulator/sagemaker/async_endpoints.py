"""What an endpoint config with an AsyncInferenceConfig may not have, and which updates an asynchronous endpoint takes.

Sources: feature matrix of "Model deployment options" and "Shadow tests" in the SageMaker Developer Guide,
aws/sagemaker-python-sdk#3124 (removal). The other sentences are not published.
"""

from collections.abc import Mapping
from typing import Any

from sagemaker_simulator.wire.errors import NotModelled, validation_exception

from .estate import Estate
from .records import Endpoint, EndpointConfig

_MEMBER = "AsyncInferenceConfig"
_EXCLUDED = {"ShadowProductionVariants": "shadow variants", "DataCaptureConfig": "data capture"}
Parameters = Mapping[str, Any]


def check_combination(estate: Estate, parameters: Parameters) -> None:
    """Raise AwsError when CreateEndpointConfig asks for what asynchronous inference excludes.

    Serverless variants exclude asynchronous inference themselves.
    """
    if _MEMBER not in parameters:
        return
    for member, what in _EXCLUDED.items():
        if parameters.get(member):
            raise _not_with(f"{what} ({member})")
    variants = parameters["ProductionVariants"]
    if len(variants) > 1:
        raise _not_with("more than one production variant")
    [variant] = variants
    names = (variant.get("ModelName"), *(pool.get("ModelNameOverride") for pool in variant.get("InstancePools", ())))
    for name in names:
        _check_model(estate, name)


def check_location(config: EndpointConfig) -> None:
    """Raise NotModelled for an asynchronous config whose output goes where nothing here writes."""
    definition = config.definition.get(_MEMBER)
    if definition is None:
        return
    output = definition["OutputConfig"]
    if not output.get("S3OutputPath"):
        raise NotModelled("asynchronous endpoints without S3OutputPath are not modelled")
    for member in ("S3OutputPath", "S3FailurePath"):
        if not output.get(member, "s3://").startswith("s3://"):
            raise NotModelled(f"a {member} that is no s3:// URL is not modelled ({output[member]})")


def check_update(endpoint: Endpoint, config: EndpointConfig) -> None:
    """Raise AwsError when an update would make an asynchronous endpoint answer at once, or the other way round."""
    before, after = endpoint.async_inference is not None, _MEMBER in config.definition
    if before and not after:
        raise validation_exception(
            f"The AsyncInferenceConfig parameter cannot be removed from this endpoint {endpoint.arn}."
        )
    if after and not before:
        raise NotModelled("an update that makes an endpoint asynchronous is not modelled: what AWS does is not known")


def _check_model(estate: Estate, name: str | None) -> None:
    model = estate.models.get(name) if name is not None else None
    if model is None:
        return
    if len(model.containers) > 1:
        raise _not_with(f"models of several containers ({model.name})")
    if any(container["Mode"] == "MultiModel" for container in model.containers):
        raise _not_with(f"multi-model containers ({model.name})")


def _not_with(what: str) -> Exception:
    return validation_exception(f"AsyncInferenceConfig cannot be combined with {what}.")
