"""Service Quotas for SageMaker, as preflight and people ask it."""

from typing import Any

import pytest

from tests.simulator.world import ACCOUNT, REGION, World, refused


@pytest.fixture
def quotas(world: World) -> Any:
    client = world.client("service-quotas")
    yield client
    client.close()


def by_name(client: Any, operation: str = "list_service_quotas") -> dict[str, dict[str, Any]]:
    pages = client.get_paginator(operation).paginate(ServiceCode="sagemaker", PaginationConfig={"PageSize": 50})
    return {quota["QuotaName"]: quota for page in pages for quota in page["Quotas"]}


def test_what_has_a_value_of_its_own_is_listed_as_the_settings_say(world: World, quotas: Any) -> None:
    world.settings(quotas={"ml.m5.large/endpoint": 7})
    listed = by_name(quotas)
    quota = listed["ml.m5.large for endpoint usage"]
    assert (quota["Value"], quota["ServiceCode"], quota["Adjustable"]) == (7.0, "sagemaker", True)
    assert quota["QuotaArn"] == f"arn:aws:servicequotas:{REGION}:{ACCOUNT}:sagemaker/{quota['QuotaCode']}"
    assert len({each["QuotaCode"] for each in listed.values()}) == len(listed)
    assert quotas.get_service_quota(ServiceCode="sagemaker", QuotaCode=quota["QuotaCode"])["Quota"] == quota


def test_every_instance_type_of_endpoints_has_a_default_and_what_never_had_another_has_only_that(
    world: World, quotas: Any
) -> None:
    world.settings(quotas={"ml.p4d.24xlarge/endpoint": None})
    defaults = by_name(quotas, "list_aws_default_service_quotas")
    assert len(defaults) > 200
    quota = defaults["ml.p4d.24xlarge for endpoint usage"]
    assert quota["Value"] == 0.0
    assert quota["QuotaName"] not in by_name(quotas)
    with refused("NoSuchResourceException", "no applied value"):
        quotas.get_service_quota(ServiceCode="sagemaker", QuotaCode=quota["QuotaCode"])


def test_the_value_is_the_one_that_create_endpoint_is_held_to(world: World, quotas: Any) -> None:
    world.settings(quotas={"ml.m5.large/endpoint": 2})
    assert by_name(quotas)["ml.m5.large for endpoint usage"]["Value"] == 2.0
    world.given_model()
    world.given_config(count=3)
    with refused("ResourceLimitExceeded", "'ml.m5.large for endpoint usage' is 2 Instances"):
        world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")


def test_defaults_do_not_follow_the_settings(world: World, quotas: Any) -> None:
    world.settings(quotas={"ml.m5.large/endpoint": 7})
    default = by_name(quotas, "list_aws_default_service_quotas")["ml.m5.large for endpoint usage"]
    assert default["Value"] == 100.0
    assert default["QuotaArn"].startswith(f"arn:aws:servicequotas:{REGION}::sagemaker/")
    got = quotas.get_aws_default_service_quota(ServiceCode="sagemaker", QuotaCode=default["QuotaCode"])
    assert got["Quota"] == default


def test_a_request_for_more_is_recorded_and_pending(world: World, quotas: Any) -> None:
    code = by_name(quotas)["ml.m5.large for endpoint usage"]["QuotaCode"]
    which = {"ServiceCode": "sagemaker", "QuotaCode": code}
    asked = quotas.request_service_quota_increase(**which, DesiredValue=150)["RequestedQuota"]
    assert (asked["Status"], asked["DesiredValue"], asked["QuotaCode"]) == ("PENDING", 150.0, code)
    assert quotas.get_requested_service_quota_change(RequestId=asked["Id"])["RequestedQuota"] == asked
    history = quotas.list_requested_service_quota_change_history_by_quota(**which)["RequestedQuotas"]
    assert history == [asked]
    assert quotas.get_service_quota(**which)["Quota"]["Value"] == 100.0
    with refused("ResourceAlreadyExistsException"):
        quotas.request_service_quota_increase(**which, DesiredValue=160)
    elsewhere = world.client("service-quotas", region_name="eu-west-1")
    with refused("NoSuchResourceException"):
        elsewhere.get_requested_service_quota_change(RequestId=asked["Id"])
    elsewhere.close()
    world.do("POST", "/reset")
    assert quotas.list_requested_service_quota_change_history(ServiceCode="sagemaker")["RequestedQuotas"] == []


def test_what_cannot_be_asked_for_is_refused(quotas: Any) -> None:
    code = by_name(quotas)["ml.m5.large for endpoint usage"]["QuotaCode"]
    with refused("IllegalArgumentException", "must be greater than the current value 100"):
        quotas.request_service_quota_increase(ServiceCode="sagemaker", QuotaCode=code, DesiredValue=100)
    with refused("NoSuchResourceException"):
        quotas.get_service_quota(ServiceCode="sagemaker", QuotaCode="L-00000000")
    with refused("NotImplemented", "quotas of ec2 are not modelled", status=501):
        quotas.list_service_quotas(ServiceCode="ec2")
    with refused("InvalidPaginationTokenException"):
        quotas.list_service_quotas(ServiceCode="sagemaker", NextToken="nonsense")
