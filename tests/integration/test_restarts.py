"""The operator may die between any two calls: what it began is finished by the next one, and nothing is made twice."""

import time

import pytest

from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import count, version

# Real seconds of staleness times the scale: reads lag behind writes by two seconds.
STALE_SECONDS = 1200


def _one_of_each(world: Scene) -> bool:
    """One model, one endpoint config, one endpoint."""
    sagemaker = world.sagemaker
    return (len(sagemaker.models()), len(sagemaker.configs()), len(sagemaker.endpoints())) == (1, 1, 1)


@pytest.mark.parametrize("operation", ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"])
@pytest.mark.parametrize("stale", [0, STALE_SECONDS], ids=["fresh", "stale"])
def test_a_lost_answer_on_create_ends_with_one_of_each(world: Scene, operation: str, stale: int) -> None:
    """All three tries of one call lose their answer: SageMaker did the work, and its reads may not show it yet."""
    world.simulator.configure(staleSeconds=stale)
    world.fault(operation, dropAnswer=True, times=3)
    endpoint = world.given().settles()
    assert _one_of_each(world)
    assert endpoint.story().count("Ready") == 1


@pytest.mark.parametrize("operation", ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"])
@pytest.mark.parametrize("stale", [0, STALE_SECONDS], ids=["fresh", "stale"])
def test_killed_before_it_heard_the_answer_the_next_one_finishes_the_creation(
    world: Scene, operation: str, stale: int
) -> None:
    fault = world.holds_answer_to(operation)
    endpoint = world.given()
    world.is_held(fault)
    world.simulator.configure(staleSeconds=stale)
    world.operator.kill()
    world.simulator.end_faults(fault)
    world.operator.start()
    endpoint.settles()
    assert _one_of_each(world)
    assert endpoint.revisions() == {endpoint.revision: "Active"}


@pytest.mark.parametrize("stale", [0, STALE_SECONDS], ids=["fresh", "stale"])
def test_rule_06_killed_in_the_middle_of_a_rollout_the_next_one_finishes_it_once(world: Scene, stale: int) -> None:
    endpoint = world.given(version(1)).settles()
    fault = world.holds_answer_to("UpdateEndpoint")
    with world.records_calls() as calls:
        endpoint.edit(version(2))
        world.is_held(fault)
        world.simulator.configure(staleSeconds=stale)
        world.operator.kill()
        world.simulator.end_faults(fault)
        world.operator.start()
        endpoint.settles()
    done = [row for row in calls.all() if row["operation"] == "UpdateEndpoint" and row["status"] == 200]
    assert len(done) == 1
    assert len(world.sagemaker.configs()) == 2
    assert list(endpoint.revisions().values()) == ["Superseded", "Active"]


def test_killed_while_it_deletes_the_next_one_finishes_the_deletion(world: Scene) -> None:
    endpoint = world.given().settles()
    fault = world.holds_answer_to("DeleteEndpoint")
    endpoint.delete()
    world.is_held(fault)
    world.operator.kill()
    world.simulator.end_faults(fault)
    world.operator.start()
    endpoint.is_gone()
    assert world.sagemaker.everything() == []


def test_an_object_deleted_while_the_operator_was_dead_leaves_nothing_wherever_it_died(world: Scene) -> None:
    """One operator dies in the middle of three creations; before the next one starts, all three are deleted."""
    cut = {"model": "CreateModel", "config": "CreateEndpointConfig", "whole": "CreateEndpoint"}
    faults = {
        name: world.fault(operation, resource=f"{world.namespace}-{name}*", hold=True, dropAnswer=True)
        for name, operation in cut.items()
    }
    endpoints = {name: world.given(name=name) for name in cut}
    for fault in faults.values():
        world.is_held(fault)
    world.operator.kill()
    for fault in faults.values():
        world.simulator.end_faults(fault)
    for endpoint in endpoints.values():
        endpoint.delete()
    world.operator.start()
    # Absence is believed only after the consistency window: CreateEndpoint may have been sent and not be visible yet.
    world.until(lambda: world.objects.all(world.namespace) == [], "all three gone")
    assert world.sagemaker.everything() == []


def test_what_is_edited_while_the_operator_is_dead_is_done_when_it_comes_back(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    world.operator.kill()
    endpoint.edit(version(2), count(2))
    world.operator.start()
    endpoint.settles()
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 2}


def test_rule_06_a_restart_repeats_no_event_no_call_and_no_write(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    endpoint.edit(version(2)).settles()
    world.operator_looks(2)  # what the rollout still had to ask is asked
    story, audit = endpoint.story(), world.audit_from_now()
    with world.records_calls() as calls:
        world.operator.restart()
        world.operator_looks(2)
    assert endpoint.story() == story
    assert len(set(story)) >= 3
    assert calls.all() == []
    assert audit.writes_of_operator(namespace=world.namespace) == []


def test_it_stops_within_ten_seconds_while_calls_hang(world: Scene) -> None:
    fault = world.fault("CreateModel", hold=True)
    endpoint = world.given()
    world.is_held(fault)
    began = time.monotonic()
    assert world.operator.stop()
    assert time.monotonic() - began < 10
    world.simulator.end_faults(fault)
    world.operator.start()
    endpoint.settles()
    assert _one_of_each(world)
