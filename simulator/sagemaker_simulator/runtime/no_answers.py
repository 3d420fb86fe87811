"""A container that gave no answer, as the answer that SageMaker makes of it."""

from sagemaker_simulator.hosting.contract import Answer, ContainerGone, ContainerTimedOut

from .observers import NO_ANSWER


def no_answer(failed: ContainerTimedOut | ContainerGone) -> Answer:
    """Return SageMaker's sentence with the status NO_ANSWER, under the name of the container that failed."""
    if isinstance(failed, ContainerTimedOut):
        message = (
            f"Your invocation timed out while waiting for a response from container {failed.container}. Review the "
            "latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again."
        )
    else:
        message = "An exception occurred while sending request to model. Please contact customer support."
    return Answer(
        status=NO_ANSWER,
        body=message.encode(),
        content_type="text/plain",
        headers={},
        container=failed.container,
        legs=failed.legs,
    )
