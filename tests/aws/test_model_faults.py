"""S3's refusals that the simulator does not give, as botocore raises them: whose they are, and what to do."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.models.faults import fault_at, former_spot, source_spot
from endpoint_operator.planning.faults import Blame
from tests.aws.model_world import SOURCE, target


def refused(code: str, status: int, *, operation: str = "head_object", asked: str = "HeadObject") -> CallFailed:
    response = {"Error": {"Code": code, "Message": "said"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return CallFailed(service="s3", operation=operation, cause=ClientError(response, asked))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "blame", "reason", "words"),
    [
        (refused("301", 301), Blame.USER, "SourceInOtherRegion", "another region"),
        (refused("PermanentRedirect", 301, operation="copy_object"), Blame.USER, "SourceInOtherRegion", "region"),
        (refused("AuthorizationHeaderMalformed", 400), Blame.USER, "SourceInOtherRegion", "another region"),
        (refused("400", 400), Blame.OPERATOR_SETUP, "SourceRefused", "SSE-C"),
        (refused("503", 503), Blame.WORLD, "Throttled", "slow down"),
        (refused("InvalidObjectState", 403, operation="copy_object"), Blame.USER, "SourceArchived", "restore it"),
        (refused("ConditionalRequestConflict", 409, operation="copy_object"), Blame.WORLD, "WriteConflict", "again"),
        (refused("NoSuchBucket", 404, operation="list_objects_v2"), Blame.USER, "SourceNotFound", "no bucket sources"),
        (refused("AccessDenied", 403, asked="AssumeRole"), Blame.OPERATOR_SETUP, "RoleNotAssumable", "assumeRoleArn"),
        (refused("ExpiredToken", 400), Blame.WORLD, "CredentialsRefused", "renew"),
        (refused("KMS.DisabledException", 400, operation="copy_object"), Blame.OPERATOR_SETUP, "SourceRefused", "said"),
    ],
)
def test_each_refusal_says_whose_it_is(error: CallFailed, blame: Blame, reason: str, words: str) -> None:
    fault = fault_at(error, source_spot(SOURCE))
    assert (fault.blame, fault.reason) == (blame, reason)
    assert words in fault.message


def test_no_answer_is_the_worlds() -> None:
    error = CallFailed(service="s3", operation="copy_object", cause=EndpointConnectionError(endpoint_url="x"))
    assert fault_at(error, target()).blame is Blame.WORLD


@pytest.mark.parametrize(
    ("spot", "field"),
    [
        (source_spot(SOURCE), "spec.source.s3Uri"),
        (former_spot(SOURCE), "status.artifactS3Uri"),
        (target(), "spec.multiModel.s3Prefix of InferenceEndpoint models"),
    ],
)
def test_the_field_is_named_that_somebody_must_look_at(spot: object, field: str) -> None:
    fault = fault_at(refused("AccessDenied", 403), spot)  # type: ignore[arg-type]
    assert fault.message.startswith(f"{field}: ")
    assert "s3:GetObject" in fault.message
