"""What AWS's errors around autoscaling mean to a person."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.error_faults import fault_of
from endpoint_operator.planning.faults import Blame

AUTOSCALING = "application-autoscaling"
# As users of SageMaker report them.
MAY_NOT_DEREGISTER = (
    "An Application AutoScaling scalable target exists for a variant being deleted, and the IAM identity used to "
    "invoke DeleteEndpoint does not have application-autoscaling:DeregisterScalableTarget permission to deregister "
    "the scalable target."
)
REGISTERED = (
    "The following variants must be deregistered as a scalable target with AWS Auto Scaling prior to removal or "
    "instance type updates: [blue]"
)
ROLE = "Unable to assume IAM role: arn:aws:iam::123456789012:role/aws-service-role/sagemaker"
SAME_METRIC = "Only one TargetTrackingScaling policy for a given metric specification is allowed."


def failed(code: str, text: str, *, service: str = AUTOSCALING, operation: str = "put_scaling_policy") -> CallFailed:
    answer: Any = {"Error": {"Code": code, "Message": text}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    cause = ClientError(answer, operation)
    return CallFailed(service=service, operation=operation, cause=cause)


@pytest.mark.parametrize(
    ("error", "blame", "reason", "said"),
    [
        (failed("ObjectNotFoundException", "No scalable target"), Blame.WORLD, "NotVisibleYet", "tried again"),
        (failed("ConcurrentUpdateException", "busy"), Blame.WORLD, "ScalingChangeUnderWay", "tried again"),
        (failed("LimitExceededException", "20 policies"), Blame.WORLD, "QuotaExceeded", "AWS Service Quotas"),
        (
            failed("FailedResourceAccessException", "alarms"),
            Blame.OPERATOR_SETUP,
            "ScalingRoleUnusable",
            "cloudwatch:DescribeAlarms",
        ),
        (failed("ValidationException", ROLE), Blame.WORLD, "ScalingRoleNotReady", "tried again"),
        (failed("ValidationException", SAME_METRIC), Blame.OPERATOR_SETUP, "ForeignScalingPolicy", "delete it"),
        (
            failed("ValidationException", "Timezone is unknown"),
            Blame.USER,
            "AutoscalingRefused",
            "spec.autoscaling: Application Auto Scaling refused it: Timezone is unknown",
        ),
        (
            failed("AccessDeniedException", MAY_NOT_DEREGISTER, service="sagemaker", operation="delete_endpoint"),
            Blame.OPERATOR_SETUP,
            "OperatorNotAllowed",
            "allow application-autoscaling:DeregisterScalableTarget",
        ),
        (
            failed("ValidationException", REGISTERED, service="sagemaker", operation="update_endpoint"),
            Blame.OPERATOR_SETUP,
            "RegisteredByHand",
            "[blue]",
        ),
        (
            failed("AccessDeniedException", "not authorized"),
            Blame.OPERATOR_SETUP,
            "OperatorNotAllowed",
            "application-autoscaling:PutScalingPolicy",
        ),
        (failed("ThrottlingException", "Rate exceeded"), Blame.WORLD, "Throttled", "PutScalingPolicy"),
        # What other services mean by the same code stays theirs.
        (failed("ValidationException", "no", service="sagemaker"), Blame.USER, "Refused", "SageMaker refused"),
    ],
)
def test_an_error_is_told_with_whose_it_is_and_what_to_do(
    error: CallFailed, blame: Blame, reason: str, said: str
) -> None:
    fault = fault_of(error)
    assert (fault.blame, fault.reason) == (blame, reason)
    assert said in fault.message
