"""What others do to a target of ours: ours is put right and said, theirs is left alone and named."""

from typing import Any

from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.scaling_truth import POLICY, ScalingTruth, autoscaling
from tests.integration.vocabulary.scene import Scene

OFTEN = {"--inventory-seconds": "1"}


def given(world: Scene) -> tuple[Endpoint, ScalingTruth]:
    """One to four instances, at rest."""
    endpoint = world.given(autoscaling(1, 4))
    endpoint.settles()
    endpoint.comes_to("AutoscalingReady")
    return endpoint, ScalingTruth(world, endpoint)


def put_policy(scaling: ScalingTruth, name: str, *, metric: dict[str, Any], target: float) -> None:
    scaling.by_hand(
        "put_scaling_policy",
        PolicyName=name,
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={"TargetValue": target, **metric},
    )


INVOCATIONS = {"PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}}
BASKETS = {"CustomizedMetricSpecification": {"Namespace": "Shop", "MetricName": "Baskets", "Statistic": "Average"}}


def test_a_policy_that_somebody_deleted_is_put_again_and_said(world: Scene) -> None:
    with world.operator.started_with(OFTEN):
        endpoint, scaling = given(world)
        scaling.by_hand("delete_scaling_policy", PolicyName=POLICY)
        world.until(lambda: POLICY in scaling.policies(), "the policy again")
        assert POLICY in endpoint.tells("DriftPutRight").message
        endpoint.settles()
        endpoint.comes_to("AutoscalingReady")


def test_a_target_that_somebody_changed_is_put_right_and_said(world: Scene) -> None:
    with world.operator.started_with(OFTEN):
        endpoint, scaling = given(world)
        put_policy(scaling, POLICY, metric=INVOCATIONS, target=9000.0)
        world.until(lambda: scaling.target_value() == 100.0, "the target of the spec")
        assert "TargetValue" in endpoint.tells("DriftPutRight").message


def test_bounds_that_somebody_changed_are_put_right_where_there_is_no_schedule(world: Scene) -> None:
    with world.operator.started_with(OFTEN):
        endpoint, scaling = given(world)
        scaling.by_hand("register_scalable_target", MinCapacity=1, MaxCapacity=9)
        scaling.comes_to(1, 4)
        assert "1 to 9" in endpoint.tells("DriftPutRight").message


def test_a_policy_of_somebody_elses_is_left_alone_and_named(world: Scene) -> None:
    with world.operator.started_with(OFTEN):
        endpoint, scaling = given(world)
        put_policy(scaling, "baskets-by-hand", metric=BASKETS, target=7.0)
        with world.records_calls() as calls:
            world.until(
                lambda: "baskets-by-hand" in endpoint.condition("AutoscalingReady")["message"], "the condition names it"
            )
            world.until(lambda: calls.lists()["DescribeScalingPolicies"] >= 3, "more looks at all policies")
    assert calls.that_change_anything() == []
    assert set(scaling.policies()) == {POLICY, "baskets-by-hand"}
    assert endpoint.condition("AutoscalingReady")["status"] == "True"
    assert endpoint.condition("AutoscalingReady")["reason"] == "RegisteredWithOthers"


def test_scaling_that_somebody_suspended_stays_so_and_is_said(world: Scene) -> None:
    with world.operator.started_with(OFTEN):
        endpoint, scaling = given(world)
        scaling.by_hand("register_scalable_target", SuspendedState={"DynamicScalingOutSuspended": True})
        with world.records_calls() as calls:
            world.until(
                lambda: endpoint.condition("AutoscalingReady")["reason"] == "Suspended", "the condition says it"
            )
            world.until(lambda: calls.lists()["DescribeScalableTargets"] >= 3, "more looks at all targets")
    assert calls.that_change_anything() == []
    assert "DynamicScalingOutSuspended" in endpoint.condition("AutoscalingReady")["message"]
    assert endpoint.table_row() == ("True", "False", "False", "True")


def test_a_target_made_by_hand_owns_the_count_of_an_endpoint_without_autoscaling(world: Scene) -> None:
    with world.operator.started_with(OFTEN):
        endpoint = world.given().settles()
        scaling = ScalingTruth(world, endpoint)
        looks = world.calls_from_now()
        scaling.by_hand("register_scalable_target", MinCapacity=2, MaxCapacity=3)
        world.until(lambda: looks.lists()["DescribeScalableTargets"] >= 3, "looks at all targets")
        scaling.has(2)
        with world.records_calls() as calls:
            world.operator_looks(3)
    assert calls.that_change_anything() == []
    assert scaling.bounds() == (2, 3)
