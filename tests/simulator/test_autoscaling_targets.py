"""Scalable targets: registered, bounded, removed with all that hangs on them."""

from collections.abc import Iterator
from typing import Any

import pytest

from sagemaker_simulator.access.policy import policy_of
from tests.simulator.monitored_world import RESOURCE, TARGET, MonitoredWorld, monitored
from tests.simulator.running import RunningSimulator
from tests.simulator.world import World, refused, variant


@pytest.fixture
def there(world: World) -> Iterator[MonitoredWorld]:
    with monitored(world) as words:
        yield words


def register(there: MonitoredWorld, **members: Any) -> None:
    there.autoscaling.register_scalable_target(**(TARGET | {"MinCapacity": 1, "MaxCapacity": 4} | members))


def test_a_target_is_described_as_it_was_registered(there: MonitoredWorld) -> None:
    arn = there.given_target(1, 4)
    [target] = there.autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    assert (target["ScalableTargetARN"], target["ResourceId"]) == (arn, RESOURCE)
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 4)
    assert target["RoleARN"].endswith("AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint")
    shown = there.world.do("GET", "/state")["applicationAutoscaling"]["123456789012/us-east-1"]["scalableTargets"]
    assert [entry["ScalableTargetARN"] for entry in shown] == [arn]


@pytest.mark.parametrize("resource", ["endpoint/e1/variant/none", "endpoint/none/variant/AllTraffic"])
def test_a_variant_that_is_not_there_is_refused(there: MonitoredWorld, resource: str) -> None:
    there.world.given_endpoint()
    with refused("ValidationException", "No variant", resource.split("/")[1], resource.split("/")[3]):
        register(there, ResourceId=resource)


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"MinCapacity": 5}, "Maximum capacity cannot be less than minimum capacity"),
        ({"MinCapacity": -1}, "greater than or equal to 0"),
        ({"ResourceId": "endpoint/e1"}, "Unsupported service namespace, resource type or scalable dimension"),
        ({"ScalableDimension": "sagemaker:variant:Nothing"}, "Member must satisfy enum value set"),
    ],
)
def test_what_cannot_be_is_refused(there: MonitoredWorld, members: dict[str, Any], sentence: str) -> None:
    there.world.given_endpoint()
    with refused("ValidationException", sentence):
        register(there, **members)


def test_a_new_target_needs_both_limits_and_one_that_is_there_keeps_what_is_not_given(there: MonitoredWorld) -> None:
    there.world.given_endpoint()
    with refused("ValidationException", "Both MinCapacity and MaxCapacity"):
        there.autoscaling.register_scalable_target(**TARGET, MinCapacity=1)
    register(there)
    there.autoscaling.register_scalable_target(**TARGET, MaxCapacity=7)
    assert there.limits() == (1, 7)


def test_burstable_instances_cannot_be_registered(there: MonitoredWorld) -> None:
    there.world.settings(quotas={"ml.t2.medium/endpoint": 5})
    there.world.given_model()
    there.world.given_config(ProductionVariants=[variant(instance="ml.t2.medium")])
    there.world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    there.world.finish("e1", "InService")
    with refused("ValidationException", "ml.t2.medium"):
        register(there)


def test_what_is_not_modelled_is_a_501(there: MonitoredWorld) -> None:
    there.world.given_endpoint()
    with refused("NotImplemented", "inference components", status=501):
        register(
            there,
            ResourceId="inference-component/c1",
            ScalableDimension="sagemaker:inference-component:DesiredCopyCount",
        )
    with refused("NotImplemented", "ecs", status=501):
        there.autoscaling.describe_scalable_targets(ServiceNamespace="ecs")


def test_registering_brings_the_count_within_the_limits_at_once(there: MonitoredWorld) -> None:
    there.given_target(3, 5)
    assert (there.desired(), there.world.status("e1")) == (3, "Updating")
    there.world.finish("e1", "InService", seconds=130)
    [activity] = there.activities()
    assert (activity["StatusCode"], activity["Description"]) == ("Successful", "Setting desired instance count to 3.")
    assert "minimum capacity was set to 3" in activity["Cause"]
    there.autoscaling.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=2)
    assert there.desired() == 2


def test_a_count_within_the_limits_is_left_alone(there: MonitoredWorld) -> None:
    there.given_target(1, 5)
    assert (there.desired(), there.world.status("e1"), there.activities()) == (1, "InService", [])


def test_an_endpoint_that_changes_is_brought_within_the_limits_when_it_rests(there: MonitoredWorld) -> None:
    there.world.given_endpoint()
    there.world.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="e1", DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredWeight": 2}]
    )
    register(there, MinCapacity=2)
    assert there.desired() == 1
    there.world.advance(240)
    assert there.desired() == 2


def test_a_quota_that_is_used_up_fails_the_activity_and_says_why(there: MonitoredWorld) -> None:
    there.world.settings(quotas={"ml.m5.large/endpoint": 2})
    there.given_target(4, 5)
    [activity] = there.activities()
    assert activity["StatusCode"] == "Failed"
    assert "'ml.m5.large for endpoint usage' is 2 Instances" in activity["StatusMessage"]
    assert there.desired() == 1


def test_deregistering_removes_policies_alarms_and_schedules(there: MonitoredWorld) -> None:
    there.given_target()
    there.given_policy()
    there.autoscaling.put_scheduled_action(
        **TARGET, ScheduledActionName="s1", Schedule="rate(1 hour)", ScalableTargetAction={"MinCapacity": 4}
    )
    there.autoscaling.deregister_scalable_target(**TARGET)
    for describe, member in (
        (there.autoscaling.describe_scalable_targets, "ScalableTargets"),
        (there.autoscaling.describe_scaling_policies, "ScalingPolicies"),
        (there.autoscaling.describe_scheduled_actions, "ScheduledActions"),
    ):
        assert describe(ServiceNamespace="sagemaker")[member] == []
    assert there.cloudwatch.describe_alarms()["MetricAlarms"] == []
    there.world.advance(4000)
    assert there.desired() == 1
    with refused("ObjectNotFoundException", "No scalable target found", RESOURCE):
        there.autoscaling.deregister_scalable_target(**TARGET)


def test_deleting_the_endpoint_deregisters(there: MonitoredWorld) -> None:
    there.given_target()
    there.given_policy()
    there.world.sagemaker.delete_endpoint(EndpointName="e1")
    assert there.autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []
    assert there.cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_a_variant_that_is_a_target_cannot_change_its_instance_type(there: MonitoredWorld) -> None:
    there.given_target()
    there.world.given_config("c2", ProductionVariants=[variant(instance="ml.c5.large")])
    with refused("ValidationException", "must be deregistered as a scalable target"):
        there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    there.autoscaling.deregister_scalable_target(**TARGET)
    there.world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")


def test_policies_and_schedules_need_a_target(there: MonitoredWorld) -> None:
    there.world.given_endpoint()
    with refused("ObjectNotFoundException", "No scalable target registered"):
        there.given_policy()
    with refused("ObjectNotFoundException", "No scalable target registered"):
        there.autoscaling.put_scheduled_action(
            **TARGET, ScheduledActionName="s1", Schedule="rate(1 hour)", ScalableTargetAction={"MinCapacity": 4}
        )
    with refused("ObjectNotFoundException", "No scaling policy found"):
        there.autoscaling.delete_scaling_policy(**TARGET, PolicyName="p1")
    with refused("ObjectNotFoundException", "No scheduled action found"):
        there.autoscaling.delete_scheduled_action(**TARGET, ScheduledActionName="s1")


def test_targets_are_found_by_resource_and_come_in_pages(there: MonitoredWorld) -> None:
    there.world.given_model()
    names = [f"v{number}" for number in range(3)]
    there.world.given_config(ProductionVariants=[variant(name) for name in names])
    there.world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1")
    there.world.finish("e1", "InService")
    for name in names:
        register(there, ResourceId=f"endpoint/e1/variant/{name}")
    pages = there.autoscaling.get_paginator("describe_scalable_targets").paginate(
        ServiceNamespace="sagemaker", PaginationConfig={"PageSize": 2}
    )
    assert [len(page["ScalableTargets"]) for page in pages] == [2, 1]
    found = there.autoscaling.describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=["endpoint/e1/variant/v1"]
    )["ScalableTargets"]
    assert [target["ResourceId"] for target in found] == ["endpoint/e1/variant/v1"]
    with refused("InvalidNextTokenException"):
        there.autoscaling.describe_scalable_targets(ServiceNamespace="sagemaker", NextToken="nonsense")


def test_tags_of_targets_are_kept_and_found_by_the_tagging_api(there: MonitoredWorld) -> None:
    arn = there.given_target(Tags={"a": "1"})
    there.autoscaling.tag_resource(ResourceARN=arn, Tags={"b": "2"})
    there.autoscaling.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert there.autoscaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"b": "2"}
    found = there.world.tagging.get_resources(ResourceTypeFilters=["application-autoscaling:scalable-target"])
    assert found["ResourceTagMappingList"] == [{"ResourceARN": arn, "Tags": [{"Key": "b", "Value": "2"}]}]
    with refused("ValidationException", "use TagResource"):
        register(there, Tags={"c": "3"})
    there.autoscaling.deregister_scalable_target(**TARGET)
    with refused("ResourceNotFoundException", arn):
        there.autoscaling.list_tags_for_resource(ResourceARN=arn)


def test_deleting_an_endpoint_needs_the_permission_to_deregister_its_targets() -> None:
    everything_but = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "application-autoscaling:DeregisterScalableTarget", "Resource": "*"},
        ],
    }
    simulator = RunningSimulator(settings={}, policy=policy_of(everything_but))
    simulator.start()
    world = World(simulator.url)
    with monitored(world) as there:
        there.given_target()
        with refused(
            "ValidationException", "does not have application-autoscaling:DeregisterScalableTarget permission"
        ):
            world.sagemaker.delete_endpoint(EndpointName="e1")
        assert world.status("e1") == "InService"
    world.close()
    simulator.stop()
