"""What an error of AWS means: predicates, and whose fault it is.

SageMaker declares almost no error shapes: everything arrives as ValidationException and is told apart by stable
fragments of its message, compared without regard to case.
"""

import re

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoAuthTokenError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from botocore.exceptions import (
    ConnectionError as BotoConnectionError,
)
from botocore.parsers import ResponseParserError

from endpoint_operator.aws.scaling_errors import SCALING_FAULTS
from endpoint_operator.planning.faults import Blame, Fault

# All that a call can raise. ResponseParserError: who answered is not AWS, a proxy's error page as a rule.
AWS_ERRORS = (BotoCoreError, ClientError, ResponseParserError)

_CREDENTIAL_CODES = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "InvalidAccessKeyId",
        "IncompleteSignature",
        "AuthFailure",
        "MissingAuthenticationToken",
    }
)
_DENIED_CODES = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation", "403", "Forbidden"}
)
_THROTTLE_CODES = frozenset(
    {"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "SlowDown"}
)
_NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    NoAuthTokenError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
_LIMIT = re.compile(
    r"service limit '(?P<quota>[^']+)' is (?P<limit>\d+).*?current utilization of (?P<used>\d+)"
    r".*?request delta of (?P<delta>\d+)",
    re.IGNORECASE | re.DOTALL,
)


class CallFailed(Exception):
    """A call to AWS that was not done, or whose answer was lost. `code` is empty where AWS did not answer."""

    def __init__(self, *, service: str, operation: str, cause: Exception) -> None:
        self.service = service
        self.operation = operation
        self.cause = cause
        error = cause.response.get("Error", {}) if isinstance(cause, ClientError) else {}
        self.code = str(error.get("Code", ""))
        self.text = str(error.get("Message") or cause)
        super().__init__(f"{service}:{operation}: {self.code or type(cause).__name__}: {self.text}")

    @property
    def action(self) -> str:
        """The operation as IAM policies spell it: CreateModel."""
        return _action(self.operation)

    @property
    def fails_before_the_call(self) -> bool:
        """Whether credentials for it were refused: whatever was asked, AssumeRole was asked before it."""
        return isinstance(self.cause, ClientError) and self.cause.operation_name.startswith("AssumeRole")

    @property
    def status(self) -> int:
        """The HTTP status, 0 where AWS did not answer."""
        if not isinstance(self.cause, ClientError):
            return 0
        return int(self.cause.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def is_not_found(error: CallFailed) -> bool:
    """SageMaker answers ValidationException 'Could not find ...' where other services answer ResourceNotFound."""
    text = error.text.lower()
    return (error.code == "ValidationException" and "could not find" in text) or error.code in (
        "ResourceNotFound",
        "ResourceNotFoundException",
        "NoSuchEntity",
        "NoSuchEntityException",
        "NoSuchResourceException",
        "RepositoryNotFoundException",
        "ImageNotFoundException",
        "NoSuchBucket",
        "NoSuchKey",
        "NotFound",
        "404",
    )


def is_already_there(error: CallFailed) -> bool:
    """'Cannot create already existing endpoint "arn:..."'."""
    return error.code == "ValidationException" and "already existing" in error.text.lower()


def is_in_progress(error: CallFailed) -> bool:
    """'Cannot update in-progress endpoint "arn:..."', also the answer to a deletion."""
    return error.code == "ValidationException" and "in-progress" in error.text.lower()


def is_up_to_date(error: CallFailed) -> bool:
    """The refusal of an UpdateEndpoint to the endpoint config that is in use; AWS publishes no words for it."""
    return error.code == "ValidationException" and "already uses" in error.text.lower()


def is_denied(error: CallFailed) -> bool:
    return error.code in _DENIED_CODES


def is_not_offered(error: CallFailed) -> bool:
    """The service, or what stands for it, does not have the operation: partitions of AWS differ."""
    return error.status == 501 or error.code in ("UnknownOperationException", "InvalidAction", "NotImplemented")


def is_throttled(error: CallFailed) -> bool:
    return error.code in _THROTTLE_CODES


def is_model_not_ready(error: CallFailed) -> bool:
    """A multi-model endpoint still loads the model after 60 s (429); the loading goes on."""
    return error.code == "ModelNotReadyException"


def is_model_error(error: CallFailed) -> bool:
    """The container answered with an error, or not at all (424)."""
    return error.code == "ModelError"


def original_status(error: CallFailed) -> int:
    """What the container answered with, in a ModelError; 0 where it did not answer."""
    return int(str(_member(error, "OriginalStatusCode") or 0))


def original_message(error: CallFailed) -> str:
    """What the container said, in a ModelError."""
    return str(_member(error, "OriginalMessage") or "")


def _member(error: CallFailed, name: str) -> object:
    """Of an error that has more than code and message."""
    return error.cause.response.get(name) if isinstance(error.cause, ClientError) else None


def is_about_credentials(error: CallFailed) -> bool:
    return error.code in _CREDENTIAL_CODES or isinstance(error.cause, _NO_CREDENTIALS)


def is_expired(error: CallFailed) -> bool:
    """The credentials were good once."""
    return error.code in ("ExpiredToken", "ExpiredTokenException", "RequestExpired")


def is_unreachable(error: CallFailed) -> bool:
    """AWS did not answer, or answered that it cannot for now."""
    return isinstance(error.cause, BotoConnectionError | HTTPClientError | ResponseParserError) or error.status >= 500


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
        message=f"SageMaker refused {_action(error.operation)}: {error.text}; correct the spec",
    )


def _misshapen(error: CallFailed) -> Fault:
    """What preflight says with its path, where it looks; only overrides can bring a request out of shape."""
    said = "; ".join(line.strip() for line in error.text.splitlines())
    message = f"{error.action} was not sent: {said}; correct the overrides in spec, spec.containers or instance"
    return Fault(blame=Blame.USER, reason="OverrideInvalid", message=message)


def _credentials(error: CallFailed) -> Fault:
    missing = isinstance(error.cause, _NO_CREDENTIALS)
    if missing:
        message = (
            "the operator has no AWS credentials; give its service account a role "
            "(IRSA or EKS Pod Identity) or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
        return Fault(blame=Blame.WORLD, reason="CredentialsMissing", message=message)
    message = f"AWS refused the operator's credentials ({error.code}); renew them, nothing needs a restart"
    return Fault(blame=Blame.WORLD, reason="CredentialsRefused", message=message)


def _denied(error: CallFailed) -> Fault:
    message = (
        f"the operator's role may not call {error.service}:{_action(error.operation)}: {error.text}; "
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


def _action(operation: str) -> str:
    return "".join(word.capitalize() for word in operation.split("_"))


def _throttled(error: CallFailed) -> Fault:
    message = f"AWS limits the rate of {_action(error.operation)}; it is tried again"
    return Fault(blame=Blame.WORLD, reason="Throttled", message=message)


def _unreachable(error: CallFailed) -> Fault:
    said = f"answered {error.status} {error.code}" if error.status else "did not answer"
    message = f"{error.service} {said} to {_action(error.operation)}; it is tried again"
    return Fault(blame=Blame.WORLD, reason="AWSUnreachable", message=message)


def _in_progress(error: CallFailed) -> Fault:
    message = f"SageMaker is at work on the endpoint and refused {_action(error.operation)}; it is tried again"
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
