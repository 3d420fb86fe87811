"""The SageMaker Python SDK 3.x against the simulator."""

from collections.abc import Callable

import pytest

from devworld.churn import ASKED_ABOUT, as_csv
from tests.clients.account import BUCKET, Account
from tests.clients.client import Client


def saw(client: Client, program: str) -> dict[str, object]:
    """What the program saw; it is told both artifacts, and the bucket that they lie in."""
    account = client.account
    answer: dict[str, object] = client.tells(
        program,
        image=account.image,
        role=account.role,
        first=account.first.artifact,
        second=account.second.artifact,
        bucket=BUCKET,
        request=as_csv(ASKED_ABOUT),
    )
    return answer


def test_resources_are_created_waited_for_asked_updated_and_deleted(
    opened: Callable[[str], Client], account: Account
) -> None:
    seen = saw(opened("sagemaker-3"), "sagemaker_3_resources.py")
    assert seen["first"] == pytest.approx(account.first.prediction)
    assert seen["second"] == pytest.approx(account.second.prediction)
    assert seen["listed"] == ["churn"]
    assert account.what_is_left() == {}


def test_a_model_builder_builds_and_deploys(opened: Callable[[str], Client], account: Account) -> None:
    seen = saw(opened("sagemaker-3"), "sagemaker_3_model_builder.py")
    assert seen["first"] == pytest.approx(account.first.prediction)
    assert account.what_is_left() == {}


def test_asynchronous_and_serverless_endpoints_are_deployed_asked_and_deleted(
    opened: Callable[[str], Client], account: Account
) -> None:
    seen = saw(opened("sagemaker-3"), "sagemaker_3_modes.py")
    assert seen == {mode: pytest.approx(account.first.prediction) for mode in ("queued", "serverless")}
    assert account.answered_well("sagemaker-runtime", "InvokeEndpointAsync") == 1
    assert account.what_is_left() == {}
