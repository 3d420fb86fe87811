"""Which scalable target a request means; those of other services and dimensions are refused by name."""

import re
from collections.abc import Mapping
from typing import Any, Final

from sagemaker_simulator.wire.errors import NotModelled

from .records import INSTANCE_COUNT, NAMESPACE, PROVISIONED_CONCURRENCY, TargetKey
from .refusals import validation

_VARIANT: Final = re.compile(r"endpoint/[^/]+/variant/[^/]+")
_NOT_MODELLED: Final = {
    "sagemaker:inference-component:DesiredCopyCount": "inference components",
}
Parameters = Mapping[str, Any]


def check_namespace(parameters: Parameters) -> None:
    """Raise NotModelled for a service other than SageMaker."""
    if parameters["ServiceNamespace"] != NAMESPACE:
        raise NotModelled(f"Application Auto Scaling of {parameters['ServiceNamespace']} is not modelled")


def key_of(parameters: Parameters) -> TargetKey:
    """Return the key of the target that the request names. Raises AwsError."""
    check_namespace(parameters)
    dimension, resource_id = parameters["ScalableDimension"], parameters["ResourceId"]
    if dimension in _NOT_MODELLED:
        raise NotModelled(f"scaling of {_NOT_MODELLED[dimension]} is not modelled ({dimension})")
    if dimension not in (INSTANCE_COUNT, PROVISIONED_CONCURRENCY) or not _VARIANT.fullmatch(resource_id):
        raise validation("Unsupported service namespace, resource type or scalable dimension")
    return TargetKey(resource_id, dimension)


def names_target(key: TargetKey, parameters: Parameters) -> bool:
    """Tell whether a Describe request means this target; the dimension cannot be given without the resource."""
    if "ScalableDimension" in parameters and not ({"ResourceId", "ResourceIds"} & set(parameters)):
        raise validation("ResourceId must be specified when ScalableDimension is.")
    return (
        parameters.get("ResourceId", key.resource_id) == key.resource_id
        and key.resource_id in parameters.get("ResourceIds", [key.resource_id])
        and parameters.get("ScalableDimension", key.scalable_dimension) == key.scalable_dimension
    )
