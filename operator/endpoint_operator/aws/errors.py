"""What an error of AWS means.

SageMaker declares almost no error shapes: everything arrives as ValidationException and is told apart by stable
fragments of its message, compared without regard to case.
"""

from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from botocore.exceptions import (
    ConnectionError as BotoConnectionError,
)
from botocore.parsers import ResponseParserError

from endpoint_operator.aws.call_failed import CallFailed

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
    return error.code in _CREDENTIAL_CODES or has_no_credentials(error)


def has_no_credentials(error: CallFailed) -> bool:
    """There are none to sign with."""
    return isinstance(error.cause, _NO_CREDENTIALS)


def is_expired(error: CallFailed) -> bool:
    """The credentials were good once."""
    return error.code in ("ExpiredToken", "ExpiredTokenException", "RequestExpired")


def is_unreachable(error: CallFailed) -> bool:
    """AWS did not answer, or answered that it cannot for now."""
    return isinstance(error.cause, BotoConnectionError | HTTPClientError | ResponseParserError) or error.status >= 500
