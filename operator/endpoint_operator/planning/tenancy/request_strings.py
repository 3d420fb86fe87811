"""The strings of a SageMaker request that name something in AWS.

Found in the request and not in the spec: whatever put a member there, an override or a later release, it is seen.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from endpoint_operator.planning.tenancy.things import Thing

# What they name is in the member's name, whatever they look like.
_BY_MEMBER = {
    "Image": Thing.IMAGE,
    "ModelPackageName": Thing.MODEL_PACKAGE,
    "ExecutionRoleArn": Thing.EXECUTION_ROLE,
    "RoleArn": Thing.EXECUTION_ROLE,
    "Subnets": Thing.SUBNET,
    "SecurityGroupIds": Thing.SECURITY_GROUP,
    "AlarmName": Thing.ALARM,
}
# By service and beginning of the resource.
_BY_ARN = (
    ("iam", "role/", Thing.EXECUTION_ROLE),
    ("kms", "", Thing.KMS_KEY),
    ("sns", "", Thing.TOPIC),
    ("sagemaker", "model-package", Thing.MODEL_PACKAGE),
)
_REGISTRY = re.compile(r"^\d{12}\.dkr[.-]ecr", re.IGNORECASE)
# The user's own words, which SageMaker hands on without acting on them. What a container does with its environment it
# does with its execution role.
_WORDS = frozenset({"Environment", "Tags"})


class RequestString(NamedTuple):
    """`path` is dotted, without the positions in lists."""

    path: str
    thing: Thing
    value: str


def strings_of(request: Any, above: str = "") -> Iterator[RequestString]:
    """Every string at any depth that names something, in order."""
    if isinstance(request, Mapping):
        for name, value in request.items():
            if name not in _WORDS:
                yield from strings_of(value, f"{above}.{name}" if above else str(name))
    elif isinstance(request, list | tuple):
        for value in request:
            yield from strings_of(value, above)
    elif isinstance(request, str):
        thing = _thing(above.rpartition(".")[2], request)
        if thing is not None:
            yield RequestString(path=above, thing=thing, value=request)


def _thing(member: str, value: str) -> Thing | None:
    if member in _BY_MEMBER:
        return _BY_MEMBER[member]
    if member.endswith("KmsKeyId"):
        return Thing.KMS_KEY
    seen = value.strip().lower()
    if seen.startswith(("s3://", "https://", "http://")):
        return Thing.S3
    if seen.startswith("arn:"):
        return _by_arn(seen)
    return Thing.IMAGE if _REGISTRY.match(seen) else None


def _by_arn(arn: str) -> Thing:
    parts = [*arn.split(":", 5), "", "", "", "", ""]
    service, resource = parts[2], parts[5]
    found = (thing for of, begins, thing in _BY_ARN if service == of and resource.startswith(begins))
    return next(found, Thing.OTHER)
