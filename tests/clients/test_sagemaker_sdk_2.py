"""The SageMaker Python SDK 2.x against the simulator."""

from collections.abc import Callable

import pytest

from devworld.churn import ASKED_ABOUT
from tests.clients.account import Account
from tests.clients.client import Client


def test_a_model_is_deployed_asked_updated_and_deleted(opened: Callable[[str], Client], account: Account) -> None:
    saw = opened("sagemaker-2").tells(
        "sagemaker_2.py",
        role=account.role,
        first=account.first.artifact,
        second=account.second.artifact,
        customer=ASKED_ABOUT,
    )
    assert saw["image"] == account.image
    assert saw["first"] == pytest.approx(account.first.prediction)
    assert saw["second"] == pytest.approx(account.second.prediction)
    assert saw["count"] == 2
    assert account.answered_well("logs", "FilterLogEvents")
    assert account.what_is_left() == {}
