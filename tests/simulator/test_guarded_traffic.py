"""Guarded deployments: who answers, and what DescribeEndpoint says meanwhile."""

from tests.simulator.fleets_world import (
    answers,
    blue_green,
    given_fleet,
    message,
    pending,
    reaches,
    rolling,
    stage,
    update,
)
from tests.simulator.world import World


def test_a_canary_takes_its_part_of_the_traffic_and_after_its_wait_the_rest(world: World) -> None:
    given_fleet(world)
    update(world, blue_green("CANARY", size=25, wait=600, termination=300))
    assert (stage(world), message(world)) == ("Creating", "Launching 4 instance(s).")
    assert (pending(world)["CurrentInstanceCount"], pending(world)["DesiredInstanceCount"]) == (0, 4)
    assert answers(world, times=20) == {"old": 20}

    reaches(world, "Baking")
    shown = pending(world)
    assert (shown["CurrentInstanceCount"], shown["DesiredInstanceCount"]) == (1, 4)
    assert message(world) == (
        "Baking for 600 seconds (WaitIntervalInSeconds) with traffic enabled on canary capacity of 1 instance(s)."
    )
    assert shown["VariantStatus"][0]["StartTime"] > world.describe()["PendingDeploymentSummary"]["StartTime"]
    assert 0.1 < answers(world, times=200)["new"] / 200 < 0.4
    [before] = world.describe()["ProductionVariants"]
    assert (before["CurrentInstanceCount"], world.describe()["EndpointConfigName"]) == (4, "c-old")

    world.advance(590)
    assert stage(world) == "Baking"
    reaches(world, "ActivatingTraffic")
    assert message(world) == "Activating traffic on full capacity of 4 instance(s)."
    assert answers(world, times=20) == {"new": 20}
    reaches(world, "Baking")
    assert "300 seconds (TerminationWaitInSeconds) with traffic enabled on full capacity of 4" in message(world)
    world.finish("e1", "InService", seconds=320)
    after = world.describe()
    assert (after["EndpointConfigName"], "PendingDeploymentSummary" in after) == ("c-new", False)
    [variant] = after["ProductionVariants"]
    assert (variant["CurrentInstanceCount"], "VariantStatus" in variant) == (4, False)
    assert answers(world, times=20) == {"new": 20}


def test_linear_turns_traffic_on_step_by_step_and_waits_between_them(world: World) -> None:
    given_fleet(world)
    update(world, blue_green("LINEAR", size=50, wait=100, termination=60))
    reaches(world, "Baking")
    assert pending(world)["CurrentInstanceCount"] == 2
    assert 0.3 < answers(world, times=200)["new"] / 200 < 0.7
    reaches(world, "ActivatingTraffic")
    reaches(world, "Baking")
    assert "60 seconds (TerminationWaitInSeconds)" in message(world)
    assert answers(world, times=20) == {"new": 20}


def test_an_instance_count_is_a_part_of_the_instances(world: World) -> None:
    given_fleet(world, count=10)
    update(world, blue_green("CANARY", size=1, type="INSTANCE_COUNT", wait=600))
    reaches(world, "Baking")
    assert pending(world)["CurrentInstanceCount"] == 1
    assert 0.02 < answers(world, times=300)["new"] / 300 < 0.2


def test_all_at_once_bakes_with_all_traffic_on_the_new_fleet_while_the_old_one_is_kept(world: World) -> None:
    given_fleet(world, count=2)
    update(world, blue_green("ALL_AT_ONCE", termination=300))
    reaches(world, "Baking")
    assert answers(world, times=20) == {"new": 20}
    assert world.describe()["EndpointConfigName"] == "c-old"
    assert world.describe()["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    world.finish("e1", "InService", seconds=330)
    assert world.describe()["EndpointConfigName"] == "c-new"


def test_rolling_replaces_batch_by_batch_and_never_needs_a_second_fleet(world: World) -> None:
    given_fleet(world)
    update(world, rolling(batch=25, wait=60))
    seen = []
    for _ in range(4):
        reaches(world, "Baking")
        [old] = world.describe()["ProductionVariants"]
        seen.append((old["CurrentInstanceCount"], pending(world)["CurrentInstanceCount"]))
        if len(seen) == 2:
            assert 0.3 < answers(world, times=200)["new"] / 200 < 0.7
        world.advance(61)
        [old] = world.describe()["ProductionVariants"]
        assert old["VariantStatus"][0]["Status"] == "Deleting"
        assert old["VariantStatus"][0]["StatusMessage"] == "Terminating 1 instance(s)."
    assert seen == [(4, 1), (3, 2), (2, 3), (1, 4)]
    world.finish("e1", "InService", seconds=21)
    assert world.describe()["EndpointConfigName"] == "c-new"
    assert answers(world, times=20) == {"new": 20}


def test_a_wanted_variant_is_asked_for_on_both_fleets(world: World) -> None:
    given_fleet(world)
    update(world, blue_green("CANARY", size=50, wait=600))
    reaches(world, "Baking")
    both = answers(world, times=60, TargetVariant="AllTraffic")
    assert set(both) == {"old", "new"}


def test_how_it_ends_and_when_can_be_decided_while_it_runs(world: World) -> None:
    given_fleet(world)
    update(world, blue_green("CANARY", size=25, wait=3000, termination=3000))
    reaches(world, "Baking")
    world.next("e1", "RolledBack", failureReason="decided", seconds=60)
    world.finish("e1", "InService", seconds=61)
    after = world.describe()
    assert (after["EndpointConfigName"], after["FailureReason"]) == ("c-old", "decided")
    assert answers(world, times=20) == {"old": 20}


def test_what_a_deployment_was_done_with_is_remembered_and_can_be_used_again(world: World) -> None:
    given_fleet(world)
    canary = blue_green("CANARY", size=25, wait=600, termination=0)
    update(world, canary)
    assert world.describe()["LastDeploymentConfig"] == canary
    world.next("e1", "InService", seconds=1)
    world.finish("e1", "InService", seconds=2)
    assert world.describe()["LastDeploymentConfig"] == canary
    world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c-old", RetainDeploymentConfig=True)
    assert world.describe()["LastDeploymentConfig"] == canary
    reaches(world, "Baking")
    assert pending(world)["CurrentInstanceCount"] == 1


def test_a_deployment_config_given_at_creation_is_remembered(world: World) -> None:
    world.given_model()
    world.given_config()
    canary = blue_green("CANARY", size=25, wait=600)
    world.sagemaker.create_endpoint(EndpointName="e1", EndpointConfigName="c1", DeploymentConfig=canary)
    assert world.describe()["LastDeploymentConfig"] == canary


def test_a_fleet_that_is_never_healthy_gets_no_traffic_in_a_guarded_deployment(world: World) -> None:
    given_fleet(world)
    world.settings(images=[])
    update(world, blue_green("CANARY", size=25, wait=600))
    world.finish("e1", "InService")
    after = world.describe()
    assert after["EndpointConfigName"] == "c-old"
    assert "Please make sure all images" in after["FailureReason"]
    assert answers(world, times=20) == {"old": 20}
