"""The SageMaker Python SDK 2.x against the simulator."""

from collections.abc import Callable
from pathlib import Path

import pytest

from devworld.churn import ASKED_ABOUT
from tests.clients.account import Account
from tests.clients.client import Client
from tests.controlplane.deadlines import until


def test_a_model_is_uploaded_deployed_with_capture_asked_updated_and_deleted(
    opened: Callable[[str], Client], account: Account, tmp_path: Path
) -> None:
    artifact = tmp_path / "model.tar.gz"
    artifact.write_bytes(account.first.model.as_artifact())
    saw = opened("sagemaker-2").tells(
        "sagemaker_2.py",
        role=account.role,
        bucket="a-bucket-of-its-own",
        artifact=str(artifact),
        second=account.second.artifact,
        customer=ASKED_ABOUT,
    )
    assert saw["image"] == account.image
    assert saw["first"] == pytest.approx(account.first.prediction)
    assert saw["captured"]["captureData"]["endpointInput"]["data"] == ",".join(map(str, ASKED_ABOUT))
    assert saw["second"] == pytest.approx(account.second.prediction)
    assert saw["count"] == 2
    assert account.answered_well("logs", "FilterLogEvents")
    until(  # the SDK does not wait for the end of a deletion
        lambda: account.what_is_left() == {}, what="nothing left", within_seconds=90, seen=account.what_is_left
    )


def test_asynchronous_and_serverless_endpoints_are_deployed_asked_and_deleted(
    opened: Callable[[str], Client], account: Account
) -> None:
    saw = opened("sagemaker-2").tells(
        "sagemaker_2_modes.py",
        role=account.role,
        image=account.image,
        bucket="a-bucket-of-its-own",
        artifact=account.first.artifact,
        customer=ASKED_ABOUT,
    )
    queued = saw["queued"]
    assert [queued["waited"], queued["fetched"]] == [pytest.approx(account.first.prediction)] * 2
    assert queued["output"].startswith("s3://a-bucket-of-its-own/async-endpoint-outputs/")
    assert "cannot be read as csv" in queued["refused"], "the container's own words, out of the failure object"
    assert saw["serverless"] == pytest.approx(account.first.prediction)
    assert account.answered_well("sagemaker-runtime", "InvokeEndpointAsync") == 3
    until(lambda: account.what_is_left() == {}, what="nothing left", within_seconds=90, seen=account.what_is_left)
