"""The SageMaker Python SDK 2.x and its MultiDataModel against the simulator."""

from collections.abc import Callable
from pathlib import Path

import pytest

from devworld.churn import ASKED_ABOUT
from tests.clients.account import BUCKET, Account
from tests.clients.client import Client
from tests.controlplane.deadlines import until

PREFIX = f"s3://{BUCKET}/fleet/"


def test_models_are_added_to_one_endpoint_while_it_serves_and_each_answers_for_itself(
    opened: Callable[[str], Client], account: Account, tmp_path: Path
) -> None:
    file = tmp_path / "second.tar.gz"
    file.write_bytes(account.second.model.as_artifact())
    saw = opened("sagemaker-2").tells(
        "sagemaker_2_many_models.py",
        role=account.role,
        image=account.image,
        bucket="a-bucket-of-its-own",
        prefix=PREFIX,
        artifact=account.first.artifact,
        file=str(file),
        customer=ASKED_ABOUT,
    )
    first, second = account.first.prediction, account.second.prediction
    assert first != pytest.approx(second)
    assert [saw["first"], saw["second"], saw["first again"]] == pytest.approx([first, second, first])
    assert (saw["copied"], saw["uploaded"]) == (f"{PREFIX}tenants/first.tar.gz", f"{PREFIX}second.tar.gz")
    assert saw["listed"] == ["second.tar.gz", "tenants/first.tar.gz"]
    not_there = f"Failed to download model data (bucket: {BUCKET}, key: fleet/second.tar.gz)."
    assert [saw[each]["Code"] for each in ("refused", "unnamed")] == ["ValidationError"] * 2
    assert saw["refused"]["Message"].startswith(not_there)
    assert "is missing a target model header" in saw["unnamed"]["Message"]
    assert account.answered_well("sagemaker-runtime", "InvokeEndpoint") == 3
    until(lambda: account.what_is_left() == {}, what="nothing left", within_seconds=90, seen=account.what_is_left)
