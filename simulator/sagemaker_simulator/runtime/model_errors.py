"""ModelError: what a caller is told when the container answered with an error, or not at all."""

from sagemaker_simulator.hosting.contract import Answer
from sagemaker_simulator.wire.errors import AwsError

from .routing import Route

_MESSAGE_LIMIT = 1024  # of the container's own words, so that the answer stays readable


def model_error(answer: Answer, *, route: Route) -> AwsError:
    """Return ModelError (424) for a container's answer, named after the container; status 0: it gave none."""
    status, estate = answer.status, route.estate
    side = "client" if 400 <= status < 500 else "server"
    original = answer.body.decode("utf-8", "replace")[:_MESSAGE_LIMIT]
    group = f"/aws/sagemaker/Endpoints/{route.endpoint.name}"
    where = (
        f"https://{estate.region}.console.aws.amazon.com/cloudwatch/home?region={estate.region}"
        f"#logEventViewer:group={group} in account {estate.account} for more information."
    )
    arn = f"arn:aws:logs:{estate.region}:{estate.account}:log-group:{group}:log-stream:{route.variant}"
    return AwsError(
        "ModelError",
        f'Received {side} error ({status}) from {answer.container} with message "{original}". See {where}',
        status=424,
        fields={"OriginalStatusCode": status, "OriginalMessage": original, "LogStreamArn": arn},
    )
