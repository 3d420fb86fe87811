"""Which IAM actions a call needs, on which resources, with which tags.

Source: "Actions, resources, and condition keys" of each service in the Service Authorization Reference. Creating what
is SageMaker's with tags needs AddTags too, and giving SageMaker a role needs iam:PassRole.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sagemaker_simulator.sagemaker.estate import Estate
from sagemaker_simulator.wire.request import Call

from .neighbour_arns import NEIGHBOURS, neighbour_arns
from .policy import Action

_KINDS = {
    "EndpointName": "endpoint",
    "EndpointConfigName": "endpoint-config",
    "ModelName": "model",
    "ModelPackageName": "model-package",
    "ModelPackageArn": "model-package",
    "ModelPackageGroupName": "model-package-group",
}
# InvokeEndpointWithResponseStream in the SageMaker API reference: "must allow the sagemaker:InvokeEndpoint action".
_ALLOWED_BY = {"InvokeEndpointWithResponseStream": "InvokeEndpoint"}
_CONDITIONS = {
    "X-Amzn-SageMaker-Target-Container-Hostname": "sagemaker:targetcontainerhostname",
    "X-Amzn-SageMaker-Target-Model": "sagemaker:targetmodel",
}
_SERVICE_PREFIX = {
    "sagemaker": "sagemaker",
    "sagemaker-runtime": "sagemaker",
    "resourcegroupstaggingapi": "tag",
    "application-autoscaling": "application-autoscaling",
    "cloudwatch": "cloudwatch",
    "ecr": "ecr",
    "logs": "logs",
    "pricing": "pricing",
    "service-quotas": "servicequotas",
}


def is_guarded(call: Call) -> bool:
    """Tell whether the policy is asked about the service at all: moto's services have IAM of their own."""
    return call.service in _SERVICE_PREFIX


def actions_of(call: Call, estate: Estate, *, headers: Mapping[str, str]) -> Iterator[Action]:
    """Yield every action that the caller must be allowed; `headers` of the request name conditions too."""
    operation = _ALLOWED_BY.get(call.operation, call.operation)
    name = f"{_SERVICE_PREFIX[call.service]}:{operation}"
    tags = {tag["Key"]: tag["Value"] for tag in _tags(call.parameters)}
    requested = {f"aws:requesttag/{key.lower()}": value for key, value in tags.items()}
    requested |= {key: headers[header] for header, key in _CONDITIONS.items() if header in headers}
    neighbour = call.service in NEIGHBOURS
    arns = (neighbour_arns(call) if neighbour else _arns(call, estate)) or ["*"]
    for arn in arns:
        yield Action(name=name, resource=arn, context={**requested, **_resource_tags(estate, arn)})
    if tags and call.operation.startswith("Create"):
        yield Action(name="sagemaker:AddTags", resource=arns[0], context=requested)
    role = call.parameters.get("ExecutionRoleArn")
    if isinstance(role, str) and call.operation.startswith("Create"):
        yield Action(name="iam:PassRole", resource=role, context={"iam:passedtoservice": "sagemaker.amazonaws.com"})


def _tags(parameters: Mapping[str, Any]) -> list[Mapping[str, str]]:
    tags = parameters.get("Tags", [])
    well_formed = isinstance(tags, list) and all(
        isinstance(tag, dict) and isinstance(tag.get("Key"), str) and isinstance(tag.get("Value"), str) for tag in tags
    )
    return tags if well_formed else []  # what is malformed is refused by the service's own checks


def _arns(call: Call, estate: Estate) -> list[str]:
    if isinstance(call.parameters.get("ResourceArn"), str):
        return [call.parameters["ResourceArn"].lower()]
    return [
        name if name.startswith("arn:") else estate.arn(kind, name)
        for member, kind in _KINDS.items()
        if isinstance(name := call.parameters.get(member), str)
    ]


def _resource_tags(estate: Estate, arn: str) -> dict[str, str]:
    tags = estate.tags.get(arn) or {}
    return {
        f"{prefix}:resourcetag/{key.lower()}": value for key, value in tags.items() for prefix in ("aws", "sagemaker")
    }
