"""Guarded deployments that go back: alarms of CloudWatch, the time limit, and a way back that fails."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.fleets_world import answers, blue_green, given_fleet, message, reaches, rolling, stage, update
from tests.simulator.world import World, refused, variant


@pytest.fixture
def cloudwatch(world: World) -> Iterator[Any]:
    """CloudWatch with the alarm churn-5xx: of an endpoint that nobody asks, so it has no data and keeps its state."""
    client = world.client("cloudwatch")
    client.put_metric_alarm(
        AlarmName="churn-5xx",
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Dimensions=[{"Name": "EndpointName", "Value": "silent"}, {"Name": "VariantName", "Value": "AllTraffic"}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=5,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="ignore",
    )
    yield client
    client.close()


def trip(client: Any) -> None:
    client.set_alarm_state(AlarmName="churn-5xx", StateValue="ALARM", StateReason="a test")


REASON = "The deployment was rolled back because the following CloudWatch alarms are in ALARM: churn-5xx."


def test_an_alarm_that_is_tripped_while_the_canary_bakes_gives_all_traffic_back(world: World, cloudwatch: Any) -> None:
    given_fleet(world)
    update(world, blue_green("CANARY", size=50, wait=600, alarms=("churn-5xx",)))
    reaches(world, "Baking")
    assert answers(world, times=40)["new"] > 0
    trip(cloudwatch)
    reaches(world, "Deleting")
    assert message(world) == "Terminating 4 instance(s)."
    assert world.status("e1") == "Updating"
    assert answers(world, times=40) == {"old": 40}
    world.finish("e1", "InService", seconds=121)
    after = world.describe()
    assert (after["EndpointConfigName"], after["FailureReason"]) == ("c-old", REASON)
    assert "PendingDeploymentSummary" not in after
    assert answers(world, times=20) == {"old": 20}


def test_real_errors_of_the_new_fleet_trip_an_alarm_that_looks_at_the_new_fleet_only(
    world: World, cloudwatch: Any
) -> None:
    given_fleet(world)
    cloudwatch.put_metric_alarm(
        AlarmName="churn-5xx",
        Namespace="AWS/SageMaker",
        MetricName="Invocation4XXErrors",
        Dimensions=[
            {"Name": "EndpointName", "Value": "e1"},
            {"Name": "VariantName", "Value": "AllTraffic"},
            {"Name": "EndpointConfigName", "Value": "c-new"},
        ],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=5,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    update(world, blue_green("CANARY", size=50, wait=3600, alarms=("churn-5xx",)))
    reaches(world, "Baking")
    for _ in range(30):
        with refused("ModelError", "418"):
            world.runtime.invoke_endpoint(EndpointName="e1", Body=b"refuse")
    reaches(world, "Deleting")
    world.finish("e1", "InService", seconds=121)
    assert world.describe()["FailureReason"] == REASON


def test_an_alarm_that_is_already_in_alarm_ends_the_deployment_before_any_traffic_moves(
    world: World, cloudwatch: Any
) -> None:
    given_fleet(world)
    trip(cloudwatch)
    update(world, blue_green("CANARY", size=50, wait=600, alarms=("churn-5xx",)))
    assert stage(world) == "Deleting"
    world.finish("e1", "InService", seconds=121)
    after = world.describe()
    assert (after["EndpointConfigName"], after["FailureReason"]) == ("c-old", REASON)


def test_an_alarm_that_is_not_there_is_refused_by_name(world: World, cloudwatch: Any) -> None:
    given_fleet(world)
    with refused("ValidationException", "could not be found in CloudWatch: nope."):
        update(world, blue_green("ALL_AT_ONCE", alarms=("churn-5xx", "nope")))
    assert world.status("e1") == "InService"


def test_alarms_guard_an_update_all_at_once_too(world: World, cloudwatch: Any) -> None:
    given_fleet(world)
    update(world, blue_green("ALL_AT_ONCE", termination=600, alarms=("churn-5xx",)))
    reaches(world, "Baking")
    assert answers(world, times=20) == {"new": 20}
    trip(cloudwatch)
    reaches(world, "Deleting")
    assert answers(world, times=20) == {"old": 20}
    world.finish("e1", "InService", seconds=121)
    assert world.describe()["EndpointConfigName"] == "c-old"


def test_a_deployment_without_trouble_ends_with_its_alarms_untouched(world: World, cloudwatch: Any) -> None:
    given_fleet(world)
    update(world, blue_green("CANARY", size=25, wait=60, alarms=("churn-5xx",)))
    reaches(world, "Baking")
    world.finish("e1", "InService", seconds=100)
    after = world.describe()
    assert after["EndpointConfigName"] == "c-new"
    assert "FailureReason" not in after
    trip(cloudwatch)
    world.advance(600)
    assert world.describe()["EndpointConfigName"] == "c-new"


def test_a_deployment_that_takes_too_long_goes_back(world: World) -> None:
    given_fleet(world)
    update(world, blue_green("LINEAR", size=10, wait=300, maximum=1200))
    reaches(world, "Baking")
    world.advance(1200)
    world.finish("e1", "InService", seconds=121)
    after = world.describe()
    assert after["EndpointConfigName"] == "c-old"
    assert after["FailureReason"] == (
        "The deployment was rolled back because it did not finish within MaximumExecutionTimeoutInSeconds "
        "(1200 seconds)."
    )
    assert answers(world, times=20) == {"old": 20}


@pytest.mark.parametrize(("members", "relaunches"), [({}, [2]), ({"rollback": 25}, [1, 1])])
def test_a_rolling_rollback_launches_what_is_gone_of_the_old_fleet_first(
    world: World, cloudwatch: Any, members: Any, relaunches: list[int]
) -> None:
    given_fleet(world)
    update(world, rolling(batch=25, wait=60, alarms=("churn-5xx",), **members))
    for batch in (1, 2, 3):
        reaches(world, "Baking")
        if batch < 3:
            world.advance(61)
    assert world.describe()["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    trip(cloudwatch)
    seen: dict[Any, int] = {}

    def back() -> bool:
        world.advance(10)
        [old] = world.describe()["ProductionVariants"]
        for status in old.get("VariantStatus", []):
            if status["Status"] == "Updating":
                seen[status["StartTime"]] = int(status["StatusMessage"].split()[1])
        return world.status("e1") == "InService"

    world.until(back, "the rollback to end")
    assert list(seen.values()) == relaunches
    after = world.describe()
    assert (after["EndpointConfigName"], after["FailureReason"]) == ("c-old", REASON)
    assert after["ProductionVariants"][0]["CurrentInstanceCount"] == 4
    assert answers(world, times=20) == {"old": 20}


def test_a_rollback_that_fails_leaves_both_fleets_answering_until_the_next_update(
    world: World, cloudwatch: Any
) -> None:
    given_fleet(world)
    update(world, rolling(batch=50, wait=600, alarms=("churn-5xx",)))
    reaches(world, "Baking")
    world.next("e1", "UpdateRollbackFailed", failureReason="no capacity to go back")
    trip(cloudwatch)
    world.finish("e1", "UpdateRollbackFailed", seconds=131)
    after = world.describe()
    assert (after["EndpointConfigName"], after["FailureReason"]) == ("c-old", "no capacity to go back")
    assert set(answers(world, times=60)) == {"old", "new"}
    world.given_config("c-again", ProductionVariants=[variant(model="new", count=4)])
    world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c-again")
    world.finish("e1", "InService")
    assert world.describe()["EndpointConfigName"] == "c-again"
    assert answers(world, times=20) == {"new": 20}
