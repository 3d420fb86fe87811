"""SageMaker's sentences for what it refuses, in the words that clients match on.

Sources: aws/sagemaker-python-sdk#101, aws/amazon-sagemaker-examples#293, hashicorp/terraform-provider-aws#40048 and
the service limits sentence of aws/amazon-sagemaker-examples. AWS publishes none of them.
"""

from sagemaker_simulator.serverless.allocation import QUOTA_NAMES, UNITS
from sagemaker_simulator.wire.errors import AwsError, validation_exception

ENDPOINT = "endpoint"
ENDPOINT_CONFIG = "endpoint configuration"
MODEL = "model"
MODEL_PACKAGE = "model package"
MODEL_PACKAGE_GROUP = "model package group"


def not_found(kind: str, arn: str) -> AwsError:
    return validation_exception(f'Could not find {kind} "{arn}".')


def does_not_exist(kind: str, arn: str) -> AwsError:
    """Return what the model registry answers for a package or a group that is not there."""
    return validation_exception(f"{kind} {arn} does not exist.")


def already_exists(kind: str, arn: str) -> AwsError:
    return validation_exception(f'Cannot create already existing {kind} "{arn}".')


def in_progress(arn: str) -> AwsError:
    """Return what Update, UpdateWeights and Delete answer while a transition is under way."""
    return validation_exception(f'Cannot update in-progress endpoint "{arn}".')


def failed_endpoint(arn: str) -> AwsError:
    """Return the refusal to change a Failed endpoint (DescribeEndpoint: "DeleteEndpoint is the only operation")."""
    return validation_exception(f'Cannot update endpoint "{arn}" in Failed status; it can only be deleted.')


def instances_to_serverless(arn: str) -> AwsError:
    """Return the refusal of an update that would take the instances away.

    SageMaker Developer Guide, "Serverless Inference": an instance-based endpoint cannot be converted. The sentence is
    known from boto/boto3#4275 as far as the colon.
    """
    return validation_exception(
        f'One or more endpoint features are not supported using this configuration: endpoint "{arn}" runs on instances '
        "and cannot become serverless."
    )


def same_config(arn: str, config_arn: str) -> AwsError:
    """Return the refusal of an update to what is there; AWS refuses it too, its words are not published."""
    return validation_exception(f'Endpoint "{arn}" already uses endpoint configuration "{config_arn}".')


def role_not_assumable(role_arn: str) -> AwsError:
    return validation_exception(
        f"Could not assume role {role_arn}. Please ensure that the role exists and allows principal "
        "'sagemaker.amazonaws.com' to assume the role."
    )


def over_quota(*, resource: str, limit: int, used: int, delta: int) -> AwsError:
    """`resource` is an instance type, or the key of a quota of serverless endpoints."""
    name, unit = QUOTA_NAMES.get(resource, f"{resource} for endpoint usage"), UNITS.get(resource, "Instances")
    return AwsError(
        "ResourceLimitExceeded",
        f"The account-level service limit '{name}' is {limit} {unit}, with current "
        f"utilization of {used} {unit} and a request delta of {delta} {unit}. Please use AWS Service Quotas to "
        "request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request "
        "an increase for this quota.",
    )
