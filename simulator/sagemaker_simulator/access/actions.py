"""Which IAM actions a call needs, on which resources, with which tags and other condition keys.

Source: "Actions, resources, and condition keys" of each service in the Service Authorization Reference. Creating what
is SageMaker's with tags needs AddTags too, for which sagemaker:TaggingAction names the creation, and giving SageMaker a
role needs iam:PassRole. An alarm that is made with tags needs cloudwatch:TagResource (PutMetricAlarm in the API
reference).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sagemaker_simulator.wire.request import Call, Caller

from .backing_actions import BACKING, backing_actions
from .neighbour_arns import NEIGHBOURS, neighbour_arns
from .policy import Action
from .scaling_conditions import scaling_conditions

TagsOf = Callable[[Caller, str], Mapping[str, str] | None]
"""The tags that a resource has at this moment, by its ARN; None for what is not there."""

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


def is_answered_here(call: Call) -> bool:
    """Tell whether the service is one that the simulator answers itself; moto answers the others."""
    return call.service in _SERVICE_PREFIX


def actions_of(call: Call, *, tags_of: TagsOf, headers: Mapping[str, str]) -> Iterator[Action]:
    """Yield every action that the caller must be allowed; `headers` of the request name conditions too."""
    if call.service in BACKING:
        yield from backing_actions(call, headers=headers)
    elif is_answered_here(call):
        yield from _own_actions(call, tags_of=tags_of, headers=headers)


def _own_actions(call: Call, *, tags_of: TagsOf, headers: Mapping[str, str]) -> Iterator[Action]:
    operation = _ALLOWED_BY.get(call.operation, call.operation)
    name = f"{_SERVICE_PREFIX[call.service]}:{operation}"
    requested = {f"aws:requesttag/{key.lower()}": value for key, value in _tags(call.parameters).items()}
    given = requested | scaling_conditions(call)
    given |= {key: headers[header] for header, key in _CONDITIONS.items() if header in headers}
    arns = (neighbour_arns(call) if call.service in NEIGHBOURS else _arns(call)) or ["*"]
    for arn in arns:
        yield Action(name=name, resource=arn, context={**given, **_resource_tags(tags_of(call.caller, arn))})
    if requested:
        yield from _tagging(call, arns[0], requested)
    role = call.parameters.get("ExecutionRoleArn")
    if isinstance(role, str) and call.operation.startswith("Create"):
        yield Action(name="iam:PassRole", resource=role, context={"iam:passedtoservice": "sagemaker.amazonaws.com"})


def _tagging(call: Call, arn: str, requested: Mapping[str, str]) -> Iterator[Action]:
    """Yield the right to tags that come with what is made."""
    if call.service == "sagemaker" and call.operation.startswith("Create"):
        context = {**requested, "sagemaker:taggingaction": call.operation}
        yield Action(name="sagemaker:AddTags", resource=arn, context=context)
    if (call.service, call.operation) == ("cloudwatch", "PutMetricAlarm"):
        yield Action(name="cloudwatch:TagResource", resource=arn, context=requested)


def _tags(parameters: Mapping[str, Any]) -> dict[str, str]:
    tags = parameters.get("Tags", [])
    well_formed = isinstance(tags, list) and all(
        isinstance(tag, dict) and isinstance(tag.get("Key"), str) and isinstance(tag.get("Value"), str) for tag in tags
    )
    # What is malformed is refused by the service's own checks.
    return {tag["Key"]: tag["Value"] for tag in tags} if well_formed else {}


def _arns(call: Call) -> list[str]:
    if isinstance(call.parameters.get("ResourceArn"), str):
        return [call.parameters["ResourceArn"].lower()]
    return [
        name if name.startswith("arn:") else _sagemaker_arn(call.caller, kind, name)
        for member, kind in _KINDS.items()
        if isinstance(name := call.parameters.get(member), str)
    ]


def _sagemaker_arn(caller: Caller, kind: str, name: str) -> str:
    partition = "aws-cn" if caller.region.startswith("cn-") else "aws"
    return f"arn:{partition}:sagemaker:{caller.region}:{caller.account}:{kind}/{name.lower()}"


def _resource_tags(tags: Mapping[str, str] | None) -> dict[str, str]:
    return {
        f"{prefix}:resourcetag/{key.lower()}": value
        for key, value in (tags or {}).items()
        for prefix in ("aws", "sagemaker")
    }
