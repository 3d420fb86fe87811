"""Autoscaling: registered, really scaling, changed in place, and gone when the spec says so."""

from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.scaling_truth import (
    POLICY,
    SERVICE,
    VARIANT,
    ScalingTruth,
    autoscaling,
    pages_of_scaling,
)
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import count, field, version


def given(world: Scene, *changes: dict[str, object]) -> tuple[Endpoint, ScalingTruth]:
    """An endpoint that autoscales, at rest."""
    endpoint = world.given(*changes)
    endpoint.settles()
    endpoint.comes_to("AutoscalingReady")
    return endpoint, ScalingTruth(world, endpoint)


def test_what_is_registered_is_told(world: Scene) -> None:
    with world.records_calls() as calls:
        endpoint, scaling = given(world, autoscaling(1, 4, scaleOutCooldownSeconds=60))
    changes = calls.that_change_anything()
    assert changes[changes.index("CreateEndpoint") + 1 :] == ["RegisterScalableTarget", "PutScalingPolicy"]
    assert scaling.bounds() == (1, 4)
    assert scaling.target_value() == 100.0
    [row] = endpoint.status["autoscaling"]
    assert (row["name"], row["minCount"], row["maxCount"]) == (VARIANT, 1, 4)
    assert row["policies"] == [POLICY]
    assert endpoint.table_row() == ("True", "False", "False", "True")
    assert "scales between 1 and 4" in endpoint.condition("AutoscalingReady")["message"]


def test_load_scales_out_to_the_maximum_and_no_further_and_nobody_puts_it_back(world: Scene) -> None:
    endpoint, scaling = given(world, count(1), autoscaling(1, 3))
    with world.records_calls() as calls:
        scaling.load(100_000)
        scaling.has(3)
        world.operator_looks(3)
        endpoint.ask_to_look("after the load")
        world.operator_looks(3)
    assert scaling.count() == 3
    assert calls.that_change_anything() == []
    world.until(lambda: endpoint.status["instanceCount"] == 3, "status tells the instances")


def test_a_count_that_somebody_set_within_the_bounds_is_left_alone(world: Scene) -> None:
    endpoint, scaling = given(world, count(1), autoscaling(1, 4))
    with world.records_calls() as calls:
        world.boto3("sagemaker").update_endpoint_weights_and_capacities(
            EndpointName=endpoint.sagemaker_name,
            DesiredWeightsAndCapacities=[{"VariantName": VARIANT, "DesiredInstanceCount": 2}],
        )
        scaling.has(2)
        world.operator_looks(3)
    endpoint.settles()
    assert scaling.count() == 2
    assert calls.that_change_anything() == []


def test_a_rollout_never_resets_an_autoscaled_count(world: Scene) -> None:
    endpoint, scaling = given(world, count(1), autoscaling(1, 4))
    scaling.load(300)
    world.until(lambda: scaling.count() > 1, "more than one instance")
    scaling.asks_no_more()
    scaling.has(instances := scaling.count())
    with world.records_calls() as calls:
        endpoint.edit(version(2)).settles()
    assert scaling.count() == instances
    assert calls.that_change_anything() == ["CreateModel", "CreateEndpointConfig", "UpdateEndpoint"]
    assert scaling.bounds() == (1, 4)


def test_an_edit_of_autoscaling_calls_only_application_auto_scaling(world: Scene) -> None:
    endpoint, scaling = given(world, count(2), autoscaling(1, 4))
    edits = {
        "bounds": autoscaling(2, 6),
        "target": autoscaling(2, 6, invocationsPerInstance=50),
        "cooldowns": autoscaling(2, 6, invocationsPerInstance=50, scaleInCooldownSeconds=600),
        "cooldowns taken away": autoscaling(2, 6, invocationsPerInstance=50, scaleInCooldownSeconds=None),
        "scale-in": autoscaling(2, 6, invocationsPerInstance=50, disableScaleIn=True),
    }
    made: dict[str, list[str]] = {}
    for what, edit in edits.items():
        with world.records_calls() as calls:
            endpoint.edit(edit).settles()
            endpoint.comes_to("AutoscalingReady")
        made[what] = calls.that_change_anything()
        assert {row["service"] for row in calls.all()} == {SERVICE}, what
    assert made == {
        "bounds": ["RegisterScalableTarget"],
        "target": ["PutScalingPolicy"],
        "cooldowns": ["PutScalingPolicy"],
        "cooldowns taken away": ["PutScalingPolicy"],
        "scale-in": ["PutScalingPolicy"],
    }
    configuration = scaling.policies()[POLICY]["TargetTrackingScalingPolicyConfiguration"]
    assert (scaling.bounds(), configuration["TargetValue"], configuration["ScaleInCooldown"]) == ((2, 6), 50.0, 300)
    assert configuration["DisableScaleIn"] is True
    assert endpoint.story().count("AutoscalingChanged") >= 1
    assert "DriftPutRight" not in endpoint.story()


def test_another_metric_is_put_before_the_old_policy_goes(world: Scene) -> None:
    endpoint, scaling = given(world, autoscaling(1, 4))
    custom = {"namespace": "Shop", "metricName": "Baskets", "dimensions": {"Shop": "kr"}, "target": 7}
    with world.records_calls() as calls:
        endpoint.edit(autoscaling(1, 4, invocationsPerInstance=None, customMetric=custom)).settles()
    assert calls.that_change_anything() == ["PutScalingPolicy", "DeleteScalingPolicy"]
    [policy] = scaling.policies().values()
    asked = policy["TargetTrackingScalingPolicyConfiguration"]["CustomizedMetricSpecification"]
    assert {each["Name"]: each["Value"] for each in asked["Dimensions"]} == {
        "EndpointName": endpoint.sagemaker_name,
        "VariantName": VARIANT,
        "Shop": "kr",
    }


def test_without_autoscaling_in_the_spec_the_count_is_the_specs_again(world: Scene) -> None:
    endpoint, scaling = given(world, count(1), autoscaling(2, 4))
    scaling.has(2)
    with world.records_calls() as calls:
        endpoint.edit(field(autoscaling=None)).settles()
    assert scaling.bounds() is None
    assert calls.that_change_anything() == ["DeregisterScalableTarget", "UpdateEndpointWeightsAndCapacities"]
    scaling.has(1)
    assert endpoint.condition("AutoscalingReady") == {}
    assert endpoint.status.get("autoscaling", []) == []


def test_where_autoscaling_moved_the_count_unseen_the_specs_is_put_all_the_same_and_nobody_is_blamed(
    world: Scene,
) -> None:
    with world.operator.started_with({"--fleet-sweep-seconds": "3600"}):
        endpoint, scaling = given(world, count(2), autoscaling(2, 4, disableScaleIn=True))
        fleet = [{"VariantName": VARIANT, "DesiredInstanceCount": 3}]
        world.boto3("sagemaker").update_endpoint_weights_and_capacities(
            EndpointName=endpoint.sagemaker_name, DesiredWeightsAndCapacities=fleet
        )
        scaling.has(3)
        endpoint.edit(field(autoscaling=None)).settles()
        scaling.has(2)
        assert "3 → 2" in endpoint.tells("InstanceCountChanging").message
        assert "DriftPutRight" not in {event.reason for event in endpoint.events()}


def test_deletion_deregisters(world: Scene) -> None:
    endpoint, scaling = given(world, autoscaling(1, 4))
    with world.records_calls() as calls:
        endpoint.delete().is_gone()
    assert calls.that_change_anything()[:2] == ["DeregisterScalableTarget", "DeleteEndpoint"]
    assert (scaling.bounds(), scaling.policies(), world.sagemaker.everything()) == (None, {}, [])


def test_autoscaling_at_rest_costs_no_call(world: Scene) -> None:
    endpoint, _ = given(world, autoscaling(1, 4))
    world.operator_looks(2)
    audit = world.audit_from_now()
    with world.records_calls() as calls:
        world.operator_looks(5)
    assert calls.all() == []
    assert [row["operation"] for row in calls.of_operator() if row["service"] == SERVICE] == []
    assert audit.writes_of_operator(namespace=world.namespace) == []
    assert endpoint.table_row() == ("True", "False", "False", "True")


def test_hourly_looks_list_all_targets_and_none_of_them_singly(world: Scene) -> None:
    with world.operator.started_with({"--inventory-seconds": "1"}):
        given(world, autoscaling(1, 4))
        world.operator_looks(2)
        audit = world.audit_from_now()
        pages = pages_of_scaling(world)
        with world.records_calls() as calls:
            enough = 4 * pages["DescribeScalableTargets"]
            world.until(lambda: calls.lists()["DescribeScalableTargets"] >= enough, "four looks at all targets")
    assert [row for row in calls.all() if row["service"] == SERVICE] == []
    looks = calls.lists()["DescribeScalableTargets"] / pages["DescribeScalableTargets"]
    for name, calls_a_look in pages.items():
        assert calls.lists()[name] <= (looks + 1) * calls_a_look, "three lists a look; one may have begun before"
    assert audit.writes_of_operator(namespace=world.namespace) == []
