"""Whose fault an error of AWS is, in a sentence with the remedy."""

import re

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.errors import (
    has_no_credentials,
    is_about_credentials,
    is_denied,
    is_in_progress,
    is_not_found,
    is_throttled,
    is_unreachable,
)
from endpoint_operator.aws.scaling.errors import SCALING_FAULTS
from endpoint_operator.planning.faults import Blame, Fault

_LIMIT = re.compile(
    r"service limit '(?P<quota>[^']+)' is (?P<limit>\d+).*?current utilization of (?P<used>\d+)"
    r".*?request delta of (?P<delta>\d+)",
    re.IGNORECASE | re.DOTALL,
)


def fault_of(error: CallFailed) -> Fault:
    """Whose fault it is, in a sentence with the remedy."""
    for applies, fault in _FAULTS:
        if applies(error):
            return fault(error)
    if isinstance(error.cause, ParamValidationError):
        return _misshapen(error)
    if isinstance(error.cause, BotoCoreError):
        return Fault(blame=Blame.OURS, reason="InternalError", message=f"{error.operation}: {error.text}")
    return Fault(
        blame=Blame.USER,
        reason="Refused",
        message=f"SageMaker refused {error.action}: {error.text}; correct the spec",
    )


def _misshapen(error: CallFailed) -> Fault:
    """What preflight says with its path, where it looks; only overrides can bring a request out of shape."""
    said = "; ".join(line.strip() for line in error.text.splitlines())
    message = f"{error.action} was not sent: {said}; correct the overrides in spec, spec.containers or instance"
    return Fault(blame=Blame.USER, reason="OverrideInvalid", message=message)


def _credentials(error: CallFailed) -> Fault:
    if has_no_credentials(error):
        message = (
            "the operator has no AWS credentials; give its service account a role "
            "(IRSA or EKS Pod Identity) or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
        return Fault(blame=Blame.WORLD, reason="CredentialsMissing", message=message)
    message = f"AWS refused the operator's credentials ({error.code}); renew them, nothing needs a restart"
    return Fault(blame=Blame.WORLD, reason="CredentialsRefused", message=message)


def _denied(error: CallFailed) -> Fault:
    message = (
        f"the operator's role may not call {error.service}:{error.action}: {error.text}; "
        "add the action to its IAM policy"
    )
    return Fault(blame=Blame.OPERATOR_SETUP, reason="OperatorNotAllowed", message=message)


def _is_about_the_assumed_role(error: CallFailed) -> bool:
    """Whatever was asked, AssumeRole was refused before it."""
    return is_denied(error) and isinstance(error.cause, ClientError) and error.cause.operation_name == "AssumeRole"


def _assumed_role(error: CallFailed) -> Fault:
    message = (
        f"spec.assumeRoleArn: the operator may not assume the role: {error.text}; "
        "let its trust policy allow sts:AssumeRole to the operator's role, and the operator's policy allow it too"
    )
    return Fault(blame=Blame.OPERATOR_SETUP, reason="RoleNotAssumable", message=message)


def _throttled(error: CallFailed) -> Fault:
    message = f"AWS limits the rate of {error.action}; it is tried again"
    return Fault(blame=Blame.WORLD, reason="Throttled", message=message)


def _unreachable(error: CallFailed) -> Fault:
    said = f"answered {error.status} {error.code}" if error.status else "did not answer"
    message = f"{error.service} {said} to {error.action}; it is tried again"
    return Fault(blame=Blame.WORLD, reason="AWSUnreachable", message=message)


def _in_progress(error: CallFailed) -> Fault:
    message = f"SageMaker is at work on the endpoint and refused {error.action}; it is tried again"
    return Fault(blame=Blame.BUSY, reason="WaitingForSageMaker", message=message)


def _quota(error: CallFailed) -> Fault:
    match = _LIMIT.search(error.text)
    if match is None:
        return Fault(blame=Blame.WORLD, reason="QuotaExceeded", message=error.text)
    quota, limit, used, delta = match["quota"], match["limit"], match["used"], match["delta"]
    remedy = "ask for more in AWS Service Quotas"
    if limit == "0" and "instances" not in quota and "endpoint usage" not in quota:
        message = f"the quota '{quota}' is 0; {remedy}"
        return Fault(blame=Blame.USER, reason="QuotaIsZero", message=message, about_inputs=True)
    if limit == "0":
        message = f"spec.instance.type: the quota '{quota}' is 0; {remedy} or choose another instance type"
        return Fault(blame=Blame.USER, reason="QuotaIsZero", message=message, about_inputs=True)
    message = f"the quota '{quota}' is {limit}, {used} are in use and {delta} more are needed; {remedy} or free some"
    return Fault(blame=Blame.WORLD, reason="QuotaExceeded", message=message)


def _role(error: CallFailed) -> Fault:
    message = f"spec.executionRoleArn: {error.text}"
    return Fault(blame=Blame.USER, reason="ExecutionRoleUnusable", message=message, about_inputs=True)


def _role_of_another_account(error: CallFailed) -> Fault:
    message = (
        f"spec.executionRoleArn: the role is of another account, and SageMaker refuses that ({error.text}); "
        "name a role of the account that the endpoint is made in"
    )
    return Fault(blame=Blame.USER, reason="ExecutionRoleUnusable", message=message)


def _not_visible(error: CallFailed) -> Fault:
    message = f"SageMaker does not show yet what was just made ({error.text}); it is tried again"
    return Fault(blame=Blame.WORLD, reason="NotVisibleYet", message=message)


def _names_the_role(error: CallFailed) -> bool:
    text = error.text.lower()
    return error.code == "ValidationException" and ("assume role" in text or "passrole" in text)


def _names_a_role_of_another_account(error: CallFailed) -> bool:
    """'Cross-account pass role is not allowed.'"""
    return error.code == "ValidationException" and "cross-account pass role" in error.text.lower()


def _pass_role_denied(error: CallFailed) -> bool:
    return is_denied(error) and "iam:passrole" in error.text.lower()


def _pass_role(error: CallFailed) -> Fault:
    message = (
        f"spec.executionRoleArn: the operator's role may not pass it to SageMaker: {error.text}; "
        "allow iam:PassRole on that role with iam:PassedToService sagemaker.amazonaws.com"
    )
    return Fault(blame=Blame.OPERATOR_SETUP, reason="ExecutionRoleNotPassable", message=message)


_FAULTS = (
    (is_about_credentials, _credentials),
    (is_throttled, _throttled),
    *SCALING_FAULTS,
    (_is_about_the_assumed_role, _assumed_role),
    (_pass_role_denied, _pass_role),
    (is_denied, _denied),
    (is_unreachable, _unreachable),
    (is_in_progress, _in_progress),
    (lambda error: error.code == "ResourceLimitExceeded", _quota),
    (_names_a_role_of_another_account, _role_of_another_account),
    (_names_the_role, _role),
    (is_not_found, _not_visible),
)
