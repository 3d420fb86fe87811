"""What SageMaker's FailureReason means. The texts are those that SageMaker was seen to answer."""

from collections.abc import Callable

import pytest

from endpoint_operator.planning.failures import read_failure_reason
from endpoint_operator.planning.faults import Blame
from tests.unit.given import desired

PING = (
    "The primary container for production variant AllTraffic did not pass the ping health check. "
    "Please check CloudWatch logs for this endpoint."
)
CAPACITY = (
    "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please retry using "
    "a different ML instance type or after some time. Consider configuring InstancePools to try other types."
)
DOWNLOAD = (
    'Failed to download model data for container "container_1" from URL: "s3://b/model.tar.gz". Please ensure that '
    "there is an object located at the URL and that the role passed to CreateModel has permissions to download it."
)
IMAGES = (
    "Please make sure all images included in the model for the production variant AllTraffic exist, and that the "
    "execution role used to create the model has permissions to access them."
)
SERVICE = "Request to service failed. If failure persists after retry, contact customer support."
TOO_LONG = (
    "The deployment was rolled back because it did not finish within MaximumExecutionTimeoutInSeconds (600 seconds)."
)
ALARMS = "The deployment was rolled back because the following CloudWatch alarms are in ALARM: a, b."
LABELS = "Your Ecr Image repo/churn:1 does not contain required com.amazonaws.sagemaker Docker label(s)."


@pytest.mark.parametrize(
    ("text", "blame", "reason", "field", "about_inputs"),
    [
        (PING, Blame.USER, "ContainerUnhealthy", "spec.containers[0]", False),
        (DOWNLOAD, Blame.USER, "ModelDataUnavailable", "spec.containers[0].modelData.s3Uri", True),
        (IMAGES, Blame.USER, "ImageUnavailable", "spec.containers[0].image", True),
        (LABELS, Blame.USER, "ImageUnavailable", "spec.containers[0].image", True),
        ("Could not assume role arn:aws:iam::1:role/x", Blame.USER, "ExecutionRoleUnusable", "spec.execut", True),
        (TOO_LONG, Blame.USER, "RolloutTimedOut", "spec.rollout.maxExecutionSeconds", False),
        (ALARMS, Blame.USER, "AlarmRolledBack", "spec.rollout.alarms", False),
        (CAPACITY, Blame.WORLD, "CapacityUnavailable", "", False),
        (SERVICE, Blame.WORLD, "ServiceFailure", "", False),
        ("Something that nobody wrote down.", Blame.USER, "RevisionFailed", "", False),
        (None, Blame.USER, "RevisionFailed", "", False),
    ],
)
@pytest.mark.parametrize("spelled", [str, str.upper])
def test_every_failure_reason_is_classed_and_kept_in_sagemakers_own_words(
    *, text: str | None, blame: Blame, reason: str, field: str, about_inputs: bool, spelled: Callable[[str], str]
) -> None:
    given = spelled(text) if text is not None else None
    fault = read_failure_reason(given)
    assert (fault.blame, fault.reason, fault.about_inputs) == (blame, reason, about_inputs)
    assert fault.message.startswith(field)
    assert (given or "no FailureReason") in fault.message


def test_what_is_nobodys_known_trouble_still_says_what_to_do() -> None:
    assert "Correct the spec" in read_failure_reason("Something that nobody wrote down.").message


def test_the_container_that_failed_is_named_by_its_own_path() -> None:
    def variant(name: str) -> dict[str, object]:
        containers = [{"name": host, "image": f"repo/{host}:1"} for host in ("front", "back")]
        return {"name": name, "containers": containers, "instance": {"type": "ml.m5.large"}}

    variants = desired({"mode": "RealTime", "variants": [variant("green"), variant("blue")]}).variants

    def place(text: str) -> str:
        return read_failure_reason(text, variants).message.partition(": ")[0]

    assert place(PING.replace("AllTraffic", "blue")) == "spec.variants[1].containers[0]"
    assert place(DOWNLOAD.replace("container_1", "container_2") + " (production variant green)") == (
        "spec.variants[0].containers[1].modelData.s3Uri"
    )
    assert place(DOWNLOAD) == (
        "spec.variants[1].containers[0].modelData.s3Uri or spec.variants[0].containers[0].modelData.s3Uri"
    )
    assert place("Could not assume role arn:aws:iam::1:role/x") == "spec.executionRoleArn"
