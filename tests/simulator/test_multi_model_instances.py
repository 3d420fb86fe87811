"""Which of a variant's instances a model is on, and what the metrics say of each."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.monitored_world import OF_E1, MonitoredWorld
from tests.simulator.multi_model_world import (
    ask,
    counted,
    given_archive,
    given_endpoint,
    given_null_endpoint,
    in_memory,
)
from tests.simulator.world import World, variant

A_LOT = 8  # requests at a time that keep an instance busy with one model


@pytest.fixture
def world(patient_world: World) -> World:
    return patient_world


def loaded_models(world: World) -> tuple[float, float]:
    """LoadedModelCount of the newest minute, once another has passed: how many instances said it, and their sum."""
    before = newest_minute(world)
    world.advance(60)
    minute = world.until(lambda: (now := newest_minute(world)) != before and now, "a new LoadedModelCount")
    return minute["SampleCount"], minute["Sum"]


def newest_minute(world: World) -> Any:
    with contextlib.closing(MonitoredWorld(world)) as words:
        now = words.now()
        points = words.cloudwatch.get_metric_statistics(
            Namespace="/aws/sagemaker/Endpoints",
            MetricName="LoadedModelCount",
            Dimensions=[{"Name": name, "Value": value} for name, value in OF_E1.items()],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            Period=60,
            Statistics=["SampleCount", "Sum"],
        )["Datapoints"]
    return max(points, key=lambda point: point["Timestamp"], default=None)


def test_models_are_spread_over_the_instances_and_each_stays_where_it_is(world: World) -> None:
    given_endpoint(world, count=2)
    for key in ("a", "b"):
        given_archive(world, key)
    for key in ("a", "b", "a", "b", "a"):
        ask(world, key)
    assert counted(world, "ModelLoadingTime")[0] == 2
    assert counted(world, "ModelCacheHit") == (5, 3)


def test_every_instance_says_how_many_models_it_has(world: World) -> None:
    given_null_endpoint(world, count=2)
    assert loaded_models(world) == (2, 0)
    for key in ("a", "b", "c"):
        given_archive(world, key)
        ask(world, key)
    assert loaded_models(world) == (2, 3)


def test_a_model_that_is_asked_for_a_lot_is_loaded_on_another_instance_too(world: World, tmp_path: Path) -> None:
    given_endpoint(world, count=2)
    given_archive(world, "a")
    ask(world, "a")
    go = tmp_path / "go"
    with ThreadPoolExecutor(A_LOT + 1) as callers:
        busy = [callers.submit(ask, world, "a", f"wait for {go}".encode()) for _ in range(A_LOT)]
        world.until(lambda: counted(world, "ModelCacheHit") == (1 + A_LOT, A_LOT), "the instance to be busy")
        assert ask(world, "a", b"1") == b"a(1)"
        go.touch()
        assert {each.result() for each in busy} == {b"a"}
    assert counted(world, "ModelLoadingTime")[0] == 2
    assert in_memory(world, "a") == ["a", "a"]


def test_requests_for_a_model_that_is_being_loaded_wait_for_the_same_loading(world: World, tmp_path: Path) -> None:
    given_endpoint(world, count=2)
    given_archive(world, "a", waits_for=str(tmp_path / "go"))
    with ThreadPoolExecutor(A_LOT * 2) as callers:
        waiting = [callers.submit(ask, world, "a", b"1") for _ in range(A_LOT * 2)]
        world.until(lambda: counted(world, "ModelCacheHit") == (A_LOT * 2, 0), "all of them to wait")
        (tmp_path / "go").touch()
        assert {each.result() for each in waiting} == {b"a(1)"}
    assert counted(world, "ModelLoadingTime")[0] == 1
    assert counted(world, "ModelLoadingWaitTime")[0] == A_LOT * 2


def test_an_instance_that_goes_takes_its_models_with_it(world: World) -> None:
    given_endpoint(world, count=2)
    for key in ("a", "b"):
        given_archive(world, key)
        ask(world, key)
    world.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="e1", DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 1}]
    )
    world.finish("e1", "InService", seconds=130)
    ask(world, "a")
    world.until(lambda: in_memory(world, "a") == ["a"], "the other instance's model to be gone")
    assert ask(world, "b", b"1") == b"b(1)"
    assert in_memory(world, "a") == ["a", "b"]


def test_the_metrics_tell_hits_from_misses_and_waits_from_the_work_they_were_for(world: World, tmp_path: Path) -> None:
    given_endpoint(world)
    given_archive(world, "a")
    for _ in range(3):
        ask(world, "a")
    assert counted(world, "ModelCacheHit") == (3, 2)
    waits, downloads, loads = (
        counted(world, name) for name in ("ModelLoadingWaitTime", "ModelDownloadingTime", "ModelLoadingTime")
    )
    assert (waits[0], downloads[0], loads[0], counted(world, "ModelUnloadingTime")[0]) == (1, 1, 1, 0)
    assert waits[1] >= downloads[1] + loads[1] > 0
    requests, overhead = counted(world, "OverheadLatency")
    assert requests == 3
    assert overhead >= waits[1]
    assert counted(world, "ModelLatency")[0] == 3


def test_while_an_update_runs_each_fleet_has_metrics_of_its_own(world: World) -> None:
    given_endpoint(world)
    given_archive(world, "a")
    ask(world, "a")
    world.given_config("c2", ProductionVariants=[variant(count=2)])
    world.sagemaker.update_endpoint(EndpointName="e1", EndpointConfigName="c2")
    ask(world, "a")
    assert counted(world, "ModelCacheHit", EndpointConfigName="c1") == (1, 1)
    world.finish("e1", "InService")
    ask(world, "a")
    assert counted(world, "ModelCacheHit") == (3, 1)
    assert counted(world, "ModelCacheHit", EndpointConfigName="c2") == (0, 0)


def test_objects_under_the_prefix_cost_nothing_until_they_are_asked_for(world: World) -> None:
    given_null_endpoint(world)
    for number in range(300):
        given_archive(world, f"{number}.tar.gz")
    assert b"sim-null" in ask(world, "7.tar.gz")
    assert b"sim-null" in ask(world, "299.tar.gz")
    assert loaded_models(world) == (1, 2)
    assert counted(world, "ModelDownloadingTime")[0] == 2
