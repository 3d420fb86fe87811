"""What AWS's refusals mean for the packer: a sentence and an exit code for each."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

from endpoint_operator.packing.refusal import GivenUp
from endpoint_operator.planning.models.packer_exits import PackerExit

_FORBIDDEN = frozenset(
    {"AccessDenied", "403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AllAccessDisabled", "AccountProblem"}
)
_GONE = frozenset({"NoSuchKey", "404", "PreconditionFailed", "412"})
_RIGHTS = (
    "the packer needs s3:ListBucket and s3:GetObject on the source, and s3:PutObject, s3:GetObject, s3:ListBucket and "
    "s3:AbortMultipartUpload on the endpoint's prefix; give them to the role of spec.source.serviceAccountName"
)


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def about_source(s3_uri: str) -> Iterator[None]:
    """Raises GivenUp for all that AWS refuses about the source."""
    try:
        yield
    except ClientError as error:
        code = code_of(error)
        if code in _GONE:
            raise source_changed(f"{s3_uri} is no longer the object that was listed") from error
        if code == "NoSuchBucket":
            raise GivenUp(
                PackerExit.REFUSED, f"{s3_uri}: there is no such bucket; correct spec.source.s3Uri"
            ) from error
        if code == "InvalidObjectState":
            sentence = f"{s3_uri} is archived (S3 Glacier) and cannot be read; restore it or copy it to S3 Standard"
            raise GivenUp(PackerExit.REFUSED, sentence) from error
        raise _other(s3_uri, error) from error
    except BotoCoreError as error:
        raise _unanswered(s3_uri, error) from error


@contextmanager
def about_target(s3_uri: str) -> Iterator[None]:
    """Raises GivenUp for all that AWS refuses about the target; 412 is the caller's to understand."""
    try:
        yield
    except ClientError as error:
        if code_of(error) == "NoSuchBucket":
            sentence = f"{s3_uri}: there is no such bucket; correct spec.multiModel.s3Prefix of the endpoint"
            raise GivenUp(PackerExit.REFUSED, sentence) from error
        raise _other(s3_uri, error) from error
    except BotoCoreError as error:
        raise _unanswered(s3_uri, error) from error


def source_changed(what: str) -> GivenUp:
    return GivenUp(PackerExit.SOURCE_CHANGED, f"{what}: the source changed; nothing was published, it is packed anew")


def _other(s3_uri: str, error: ClientError) -> GivenUp:
    code, said = code_of(error), str(error.response.get("Error", {}).get("Message", ""))
    what = f"{s3_uri}: {error.operation_name} was refused by S3 ({code}{': ' + said if said else ''})"
    if code in _FORBIDDEN:
        return GivenUp(PackerExit.FORBIDDEN, f"{what}; {_RIGHTS}")
    return GivenUp(PackerExit.WORLD, what)


def _unanswered(s3_uri: str, error: BotoCoreError) -> GivenUp:
    if isinstance(error, NoCredentialsError):
        return GivenUp(PackerExit.FORBIDDEN, f"the packer's Pod has no AWS credentials; {_RIGHTS}")
    if isinstance(error, NoRegionError):
        return GivenUp(PackerExit.REFUSED, "the packer's Pod has no AWS region; set AWS_REGION")
    return GivenUp(PackerExit.WORLD, f"{s3_uri}: S3 did not answer ({error})")
