"""What an object may name in AWS: the kinds that a tenancy file speaks of, and one mention of one thing."""

from dataclasses import dataclass
from enum import StrEnum


class Thing(StrEnum):
    """Each value is the name of the list in a rule of the tenancy file."""

    EXECUTION_ROLE = "executionRoleArns"
    ASSUMED_ROLE = "assumeRoleArns"
    S3 = "s3Prefixes"
    KMS_KEY = "kmsKeyIds"
    SUBNET = "subnetIds"
    SECURITY_GROUP = "securityGroupIds"
    IMAGE = "imageRegistries"
    ENDPOINT_NAME = "endpointNames"
    TOPIC = "topicArns"
    MODEL_PACKAGE = "modelPackageArns"
    ALARM = "alarmNames"
    OTHER = "otherArns"
    """Whatever else has an ARN: only overrides lead there."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """`field` is the path in the manifest, `value` what stands there or what it was resolved to."""

    thing: Thing
    field: str
    value: str
    reads_below: bool = False
    """Whether everything in S3 whose key begins so is read, not only this one object."""
