"""What a call is about, in one word: the name that the log of calls and the faults use."""

from collections.abc import Callable, Mapping
from typing import Any

_SAGEMAKER_MEMBERS = (
    "EndpointName",
    "EndpointConfigName",
    "ModelName",
    "ModelPackageName",
    "ModelPackageGroupName",
    "ModelPackageArn",
)
_IAM_MEMBERS = ("RoleName", "UserName", "PolicyName", "InstanceProfileName", "GroupName")


def resource_of(service: str, operation: str, parameters: Mapping[str, Any]) -> str | None:
    """Return the resource's name (S3: BUCKET/KEY), None for lists and for what names nothing."""
    namer = _NAMERS.get(service)
    if namer is None or (operation.startswith("List") and service not in ("s3", "sagemaker")):
        return None
    return namer(parameters)


def last_part(identifier: object) -> str | None:
    """Return what follows the last `/` or `:` of an ARN or URL."""
    if not isinstance(identifier, str) or not identifier:
        return None
    return identifier.replace("/", ":").rpartition(":")[2]


def _first(parameters: Mapping[str, Any], members: tuple[str, ...]) -> str | None:
    return next((value for name in members if isinstance(value := parameters.get(name), str)), None)


def _sagemaker(parameters: Mapping[str, Any]) -> str | None:
    return _first(parameters, _SAGEMAKER_MEMBERS) or last_part(parameters.get("ResourceArn"))


def _s3(parameters: Mapping[str, Any]) -> str | None:
    bucket, key = parameters.get("Bucket"), parameters.get("Key")
    return f"{bucket}/{key}" if key else bucket


def _iam(parameters: Mapping[str, Any]) -> str | None:
    return _first(parameters, _IAM_MEMBERS) or last_part(
        parameters.get("PolicyArn") or parameters.get("PolicySourceArn")
    )


def _queue(parameters: Mapping[str, Any]) -> str | None:
    return _first(parameters, ("QueueName",)) or last_part(parameters.get("QueueUrl"))


def _topic(parameters: Mapping[str, Any]) -> str | None:
    return _first(parameters, ("Name",)) or last_part(parameters.get("TopicArn") or parameters.get("TargetArn"))


def _alarm(parameters: Mapping[str, Any]) -> str | None:
    names = parameters.get("AlarmNames")
    only = names[0] if isinstance(names, list) and len(names) == 1 and isinstance(names[0], str) else None
    return _first(parameters, ("AlarmName",)) or only


def _network(parameters: Mapping[str, Any]) -> str | None:
    asked = [*parameters.get("SubnetIds", ()), *parameters.get("GroupIds", ())]
    return asked[0] if len(asked) == 1 and isinstance(asked[0], str) else None


_NAMERS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "sagemaker": _sagemaker,
    "sagemaker-runtime": _sagemaker,
    "s3": _s3,
    "iam": _iam,
    "sts": lambda parameters: last_part(parameters.get("RoleArn")),
    "sqs": _queue,
    "sns": _topic,
    "ec2": _network,
    "events": lambda parameters: _first(parameters, ("Name", "Rule", "EventBusName")),
    "cloudwatch": _alarm,
    "application-autoscaling": lambda parameters: _first(parameters, ("ResourceId",)),
    "ecr": lambda parameters: _first(parameters, ("repositoryName",)),
    "logs": lambda parameters: _first(parameters, ("logGroupName",)),
    "service-quotas": lambda parameters: _first(parameters, ("QuotaCode",)),
    "pricing": lambda parameters: _first(parameters, ("ServiceCode",)),
}
