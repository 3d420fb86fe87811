"""boto3 against the simulator, with its own waiters."""

import pytest

from devworld.churn import ASKED_ABOUT, as_csv
from tests.clients.account import Account, Version
from tests.clients.conftest import TIME_SCALE

LOOKS = {"Delay": 1, "MaxAttempts": 60}
REAL_SECONDS_OF_CREATING = 2


def given_revision(account: Account, name: str, version: Version) -> None:
    """A model and a config of it, both of that name."""
    sagemaker = account.boto3("sagemaker")
    container = {"Image": account.image, "ModelDataUrl": version.artifact}
    sagemaker.create_model(ModelName=name, PrimaryContainer=container, ExecutionRoleArn=account.role)
    variant = {"VariantName": "AllTraffic", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[{**variant, "ModelName": name}])


def answer(account: Account) -> float:
    answered = account.boto3("sagemaker-runtime").invoke_endpoint(
        EndpointName="churn", ContentType="text/csv", Body=as_csv(ASKED_ABOUT)
    )
    return float(answered["Body"].read())


def test_waiters_see_an_endpoint_come_change_and_go(account: Account) -> None:
    sagemaker = account.boto3("sagemaker")
    given_revision(account, "first", account.first)
    given_revision(account, "second", account.second)
    account.control.next("churn", result="InService", seconds=REAL_SECONDS_OF_CREATING * TIME_SCALE)
    sagemaker.create_endpoint(EndpointName="churn", EndpointConfigName="first")
    assert sagemaker.describe_endpoint(EndpointName="churn")["EndpointStatus"] == "Creating"
    in_service = sagemaker.get_waiter("endpoint_in_service")
    in_service.wait(EndpointName="churn", WaiterConfig=LOOKS)
    assert answer(account) == pytest.approx(account.first.prediction)

    sagemaker.update_endpoint(EndpointName="churn", EndpointConfigName="second")
    in_service.wait(EndpointName="churn", WaiterConfig=LOOKS)
    assert answer(account) == pytest.approx(account.second.prediction)

    sagemaker.delete_endpoint(EndpointName="churn")
    sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="churn", WaiterConfig=LOOKS)
    for name in ("first", "second"):
        sagemaker.delete_endpoint_config(EndpointConfigName=name)
        sagemaker.delete_model(ModelName=name)
    assert account.what_is_left() == {}


def test_an_answer_comes_as_a_stream_of_parts(account: Account) -> None:
    sagemaker = account.boto3("sagemaker")
    given_revision(account, "first", account.first)
    sagemaker.create_endpoint(EndpointName="churn", EndpointConfigName="first")
    sagemaker.get_waiter("endpoint_in_service").wait(EndpointName="churn", WaiterConfig=LOOKS)
    answered = account.boto3("sagemaker-runtime").invoke_endpoint_with_response_stream(
        EndpointName="churn", ContentType="text/csv", Body=as_csv(ASKED_ABOUT)
    )
    parts = [event["PayloadPart"]["Bytes"] for event in answered["Body"]]
    assert float(b"".join(parts)) == pytest.approx(account.first.prediction)
    assert answered["InvokedProductionVariant"] == "AllTraffic"
