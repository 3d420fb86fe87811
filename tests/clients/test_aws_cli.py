"""The AWS CLI against the simulator, command for command as the documentation of SageMaker types them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from devworld.churn import ASKED_ABOUT, as_csv
from devworld.environment import ACCOUNT, REGION
from tests.clients.account import BUCKET, Account, Version
from tests.clients.client import Client, ClientFailed
from tests.clients.command_line import CommandLine
from tests.controlplane.deadlines import until

VARIANT = {"InitialInstanceCount": 1, "InstanceType": "ml.m5.large", "VariantName": "AllTraffic"}
WITHIN_SECONDS = 60.0
TARGET = {
    "service_namespace": "sagemaker",
    "resource_id": "endpoint/churn/variant/AllTraffic",
    "scalable_dimension": "sagemaker:variant:DesiredInstanceCount",
}


@pytest.fixture
def aws(opened: Callable[[str], Client]) -> CommandLine:
    return CommandLine(opened("aws-cli"))


def given_revision(aws: CommandLine, account: Account, name: str, version: Version, **config: object) -> None:
    """A model and a config of it, both of that name; more options of the config."""
    container = {"Image": account.image, "ModelDataUrl": version.artifact}
    aws(
        "sagemaker",
        "create-model",
        model_name=name,
        primary_container=container,
        execution_role_arn=account.role,
    )
    aws(
        "sagemaker",
        "create-endpoint-config",
        endpoint_config_name=name,
        production_variants=[{**VARIANT, "ModelName": name}],
        **config,
    )


def given_endpoint(aws: CommandLine, account: Account, **config: object) -> None:
    """The endpoint churn in service."""
    given_revision(aws, account, "first", account.first, **config)
    aws("sagemaker", "create-endpoint", endpoint_name="churn", endpoint_config_name="first")
    until_in_service(aws)


def until_in_service(aws: CommandLine) -> None:
    def endpoint() -> Any:
        return aws("sagemaker", "describe-endpoint", endpoint_name="churn")

    until(
        lambda: endpoint()["EndpointStatus"] == "InService",
        what="churn to be InService",
        within_seconds=WITHIN_SECONDS,
        seen=endpoint,
    )


def answer(aws: CommandLine, folder: Path) -> float:
    """What the endpoint says of the customer."""
    (folder / "request").write_text(as_csv(ASKED_ABOUT), encoding="utf-8")
    about = aws(
        "sagemaker-runtime",
        "invoke-endpoint",
        str(folder / "answer"),
        endpoint_name="churn",
        content_type="text/csv",
        body=f"fileb://{folder / 'request'}",
    )
    assert about["InvokedProductionVariant"] == "AllTraffic"
    return float((folder / "answer").read_text(encoding="utf-8"))


def test_an_endpoint_lives_from_create_model_to_delete(aws: CommandLine, account: Account, tmp_path: Path) -> None:
    given_revision(aws, account, "first", account.first)
    aws("sagemaker", "create-endpoint", endpoint_name="churn", endpoint_config_name="first")
    aws("sagemaker", "wait", "endpoint-in-service", endpoint_name="churn")  # looks every 30 s
    assert answer(aws, tmp_path) == pytest.approx(account.first.prediction)

    given_revision(aws, account, "second", account.second)
    aws("sagemaker", "update-endpoint", endpoint_name="churn", endpoint_config_name="second")
    until_in_service(aws)
    assert answer(aws, tmp_path) == pytest.approx(account.second.prediction)

    aws("sagemaker", "delete-endpoint", endpoint_name="churn")
    for name in ("first", "second"):
        aws("sagemaker", "delete-endpoint-config", endpoint_config_name=name)
        aws("sagemaker", "delete-model", model_name=name)
    aws("sagemaker", "wait", "endpoint-deleted", endpoint_name="churn")
    assert account.what_is_left() == {}


def test_a_request_in_s3_is_answered_in_s3(aws: CommandLine, account: Account, tmp_path: Path) -> None:
    """The CLI's version 1 has no command for response streams."""
    output = {"S3OutputPath": f"s3://{BUCKET}/out", "S3FailurePath": f"s3://{BUCKET}/failed"}
    given_endpoint(aws, account, async_inference_config={"OutputConfig": output})
    (tmp_path / "request").write_text(as_csv(ASKED_ABOUT), encoding="utf-8")
    aws("s3api", "put-object", bucket=BUCKET, key="request", body=str(tmp_path / "request"))
    taken = aws(
        "sagemaker-runtime",
        "invoke-endpoint-async",
        endpoint_name="churn",
        input_location=f"s3://{BUCKET}/request",
        content_type="text/csv",
        inference_id="of-monday",
    )
    assert taken["InferenceId"] == "of-monday"
    assert taken["FailureLocation"].startswith(f"s3://{BUCKET}/failed/")
    key = taken["OutputLocation"].removeprefix(f"s3://{BUCKET}/")
    aws("s3api", "wait", "object-exists", bucket=BUCKET, key=key)
    aws("s3api", "get-object", str(tmp_path / "answer"), bucket=BUCKET, key=key)
    assert float((tmp_path / "answer").read_text(encoding="utf-8")) == pytest.approx(account.first.prediction)


def test_an_error_ends_the_command_with_the_sentence_of_sagemaker(aws: CommandLine) -> None:
    with pytest.raises(ClientFailed, match=r"ended with 25\d[^$]*ValidationException[^$]*Could not find endpoint"):
        aws("sagemaker", "describe-endpoint", endpoint_name="nobody")


def test_a_variant_is_registered_and_scaled_by_a_policy(aws: CommandLine, account: Account) -> None:
    given_endpoint(aws, account)
    scaling = "application-autoscaling"
    aws(scaling, "register-scalable-target", **TARGET, min_capacity=2, max_capacity=4)
    tracking = {
        "TargetValue": 70.0,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
    }
    put = aws(
        scaling,
        "put-scaling-policy",
        **TARGET,
        policy_name="by-invocations",
        policy_type="TargetTrackingScaling",
        target_tracking_scaling_policy_configuration=tracking,
    )
    [target] = aws(scaling, "describe-scalable-targets", service_namespace="sagemaker")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 4)
    [policy] = aws(scaling, "describe-scaling-policies", service_namespace="sagemaker")["ScalingPolicies"]
    assert policy["PolicyARN"] == put["PolicyARN"]
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 70.0
    until(
        lambda: count_of(aws) == 2,
        what="the minimum of 2 instances",
        within_seconds=WITHIN_SECONDS,
        seen=lambda: count_of(aws),
    )


def count_of(aws: CommandLine) -> Any:
    [variant] = aws("sagemaker", "describe-endpoint", endpoint_name="churn")["ProductionVariants"]
    return variant["CurrentInstanceCount"]


def test_an_invocation_is_in_the_metrics_and_the_servers_words_are_in_the_logs(
    aws: CommandLine, account: Account, tmp_path: Path
) -> None:
    given_endpoint(aws, account)
    assert answer(aws, tmp_path) == pytest.approx(account.first.prediction)
    until(lambda: invocations(aws) == 1.0, what="one invocation", within_seconds=WITHIN_SECONDS)
    events = aws("logs", "filter-log-events", log_group_name="/aws/sagemaker/Endpoints/churn")["events"]
    assert all(event["logStreamName"].startswith("AllTraffic/") for event in events)
    assert any("serves on port" in event["message"] for event in events), events


def invocations(aws: CommandLine) -> float:
    """The sum since an hour before the endpoint's last change; the CLI prints moments as seconds since 1970."""
    changed = aws("sagemaker", "describe-endpoint", endpoint_name="churn")["LastModifiedTime"]
    now = datetime.fromtimestamp(changed, UTC)
    metric = {
        "Namespace": "AWS/SageMaker",
        "MetricName": "Invocations",
        "Dimensions": [{"Name": "EndpointName", "Value": "churn"}, {"Name": "VariantName", "Value": "AllTraffic"}],
    }
    query = {"Id": "invocations", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
    [result] = aws(
        "cloudwatch",
        "get-metric-data",
        metric_data_queries=[query],
        start_time=(now - timedelta(hours=1)).isoformat(),
        end_time=(now + timedelta(days=1)).isoformat(),
    )["MetricDataResults"]
    return float(sum(result["Values"]))


def test_an_alarm_is_described_as_it_was_put(aws: CommandLine) -> None:
    aws(
        "cloudwatch",
        "put-metric-alarm",
        alarm_name="churn-5xx",
        namespace="AWS/SageMaker",
        metric_name="Invocation5XXErrors",
        dimensions=[{"Name": "EndpointName", "Value": "churn"}],
        statistic="Sum",
        period="60",
        evaluation_periods="1",
        threshold="5",
        comparison_operator="GreaterThanThreshold",
        treat_missing_data="notBreaching",
    )
    [alarm] = aws("cloudwatch", "describe-alarms", alarm_names="churn-5xx")["MetricAlarms"]
    assert (alarm["MetricName"], alarm["Threshold"], alarm["Period"]) == ("Invocation5XXErrors", 5.0, 60)
    assert alarm["TreatMissingData"] == "notBreaching"


def test_quotas_and_prices_of_an_instance_are_found(aws: CommandLine) -> None:
    quotas = aws("service-quotas", "list-service-quotas", service_code="sagemaker")["Quotas"]
    [quota] = [quota for quota in quotas if quota["QuotaName"] == "ml.m5.large for endpoint usage"]
    assert quota["Value"] == 100.0
    filters = {"regionCode": REGION, "instanceName": "ml.m5.large", "platoinstancetype": "Hosting"}
    listed = aws(
        "pricing",
        "get-products",
        service_code="AmazonSageMaker",
        filters=[{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in filters.items()],
    )["PriceList"]
    [product] = [json.loads(product) for product in listed]
    [term] = product["terms"]["OnDemand"].values()
    [dimension] = term["priceDimensions"].values()
    assert float(dimension["pricePerUnit"]["USD"]) == 0.115


def test_images_and_subnets_of_the_account_are_described(aws: CommandLine, account: Account) -> None:
    account.control.configure(images=[f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/churn:1.4"])
    [image] = aws("ecr", "describe-images", repository_name="churn", image_ids="imageTag=1.4")["imageDetails"]
    assert (image["registryId"], image["imageTags"]) == (ACCOUNT, ["1.4"])
    vpc = aws("ec2", "create-vpc", cidr_block="10.0.0.0/16")["Vpc"]["VpcId"]
    made = aws("ec2", "create-subnet", vpc_id=vpc, cidr_block="10.0.1.0/24")["Subnet"]["SubnetId"]
    [subnet] = aws("ec2", "describe-subnets", subnet_ids=made)["Subnets"]
    assert (subnet["VpcId"], subnet["CidrBlock"]) == (vpc, "10.0.1.0/24")
