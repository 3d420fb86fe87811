"""ModelError: what a caller is told when the container answered with an error, or not at all."""

from sagemaker_simulator.sagemaker.estate import Estate
from sagemaker_simulator.sagemaker.records import Endpoint
from sagemaker_simulator.wire.errors import AwsError

_MESSAGE_LIMIT = 1024  # of the container's own words, so that the answer stays readable


def model_error(status: int, body: bytes, *, estate: Estate, endpoint: Endpoint, variant: str) -> AwsError:
    """Return ModelError (424) for a container's answer; status 0: it gave none."""
    side = "client" if 400 <= status < 500 else "server"
    original = body.decode("utf-8", "replace")[:_MESSAGE_LIMIT]
    group = f"/aws/sagemaker/Endpoints/{endpoint.name}"
    where = (
        f"https://{estate.region}.console.aws.amazon.com/cloudwatch/home?region={estate.region}"
        f"#logEventViewer:group={group} in account {estate.account} for more information."
    )
    return AwsError(
        "ModelError",
        f'Received {side} error ({status}) from primary with message "{original}". See {where}',
        status=424,
        fields={
            "OriginalStatusCode": status,
            "OriginalMessage": original,
            "LogStreamArn": f"arn:aws:logs:{estate.region}:{estate.account}:log-group:{group}:log-stream:{variant}",
        },
    )
