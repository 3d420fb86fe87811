"""AWS answers late or not at all, shows what was, refuses credentials, is gone: all converges."""

import math
import time

import pytest

from tests.chaos.answered_writes import AnsweredWrites
from tests.chaos.lives import fired, is_ready, life_of
from tests.controlplane.deadlines import until
from tests.integration.vocabulary.recorded_calls import RecordedCalls
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import TIME_SCALE
from tests.integration.vocabulary.specs import count, role, version

EXPIRED = {"code": "ExpiredToken", "message": "The security token included in the request is expired", "status": 403}
UNAVAILABLE = {"code": "ServiceUnavailable", "message": "Service is unable to handle request.", "status": 503}
OPERATOR_CALLS = {"service": "sagemaker"}
# Ended by the test long before: simulated time runs on while it looks.
OUTAGE_SECONDS = 24 * 3600


def test_answers_that_come_late_are_waited_for(world: Scene) -> None:
    match = {"operation": "Create*", "resource": f"{world.namespace}*"}
    fault = world.simulator.add_fault(match=match, delayMs=3000)
    calls = world.calls_from_now()
    endpoint = world.given().settles()
    assert fired(world, fault) == 3
    assert calls.that_change_anything() == ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"]
    assert endpoint.story() == ["CreatingEndpoint", "Ready"]


def test_answers_lost_in_three_calls_of_ten_lead_to_nothing_twice(world: Scene) -> None:
    fault = world.simulator.add_fault(match=OPERATOR_CALLS, dropAnswer=True, probability=0.3)
    assert life_of(world, endpoints=3) == []
    assert fired(world, fault) > 10


@pytest.mark.parametrize("seconds", [0.5, 3.0])
def test_reads_that_lag_behind_writes_lead_to_nothing_twice(world: Scene, seconds: float) -> None:
    """Half a real second is what thirty simulated ones are at the default scale."""
    world.simulator.configure(staleSeconds=seconds * TIME_SCALE)
    assert life_of(world, endpoints=3) == []


def test_credentials_that_expire_in_the_middle_of_work_are_said_and_nothing_is_lost(world: Scene) -> None:
    made, edited, deleted = (world.given(version(1), name=name) for name in ("made", "edited", "deleted"))
    for endpoint in (edited, deleted):
        endpoint.settles()
    fault = world.simulator.add_fault(match={}, error=EXPIRED)
    new = world.given(name="new")
    edited.edit(version(2))
    deleted.delete()
    for endpoint in (new, edited, deleted):
        assert "renew them, nothing needs a restart" in endpoint.reconciles("CredentialsRefused")
    world.until(lambda: world.operator.readiness()[0] == 503, "/readyz saying so")
    assert "CredentialsRefused" in world.operator.readiness()[1]
    world.simulator.end_faults(fault)
    for endpoint in (made, new, edited):
        endpoint.settles()
    deleted.is_gone()
    world.until(lambda: world.operator.readiness()[0] == 200, "/readyz well again")
    assert world.sagemaker.endpoints() == sorted(each.sagemaker_name for each in (made, new, edited))


def test_hours_without_aws_are_said_once_and_end_within_seconds(world: Scene) -> None:
    """At rest nothing is written; where there is work, its status is written once and not in a loop."""
    resting, working = world.given(name="resting").settles(), world.given(version(1), name="working").settles()
    world.operator_looks(2)
    fault = world.simulator.add_fault(match={}, error=UNAVAILABLE, forSeconds=OUTAGE_SECONDS)
    writes = AnsweredWrites(world)
    working.edit(version(2))
    working.reconciles("AWSUnreachable")
    world.until(lambda: world.operator.readiness()[0] == 503, "/readyz saying so")
    said = len(writes.of("/status working"))
    tries = fired(world, fault)
    world.until(lambda: fired(world, fault) > tries + 8, "many more tries")
    assert len(writes.of("/status working")) <= said + 1, "the sentence is the same whatever call failed last"
    world.operator.restart()
    tries = fired(world, fault)
    world.until(lambda: fired(world, fault) > tries + 8, "tries of an operator that began without AWS")
    assert said <= 2
    assert writes.of("resting") == []
    world.simulator.advance(seconds=OUTAGE_SECONDS)
    until(lambda: is_ready(working), what="the work done", within_seconds=12, seen=world.evidence)
    world.until(lambda: world.operator.readiness()[0] == 200, "/readyz well again")
    assert writes.of("resting") == []
    assert resting.table_row() == ("True", "False", "False", "True")


def test_an_edit_begins_a_back_off_anew_and_is_acted_on_at_once(world: Scene) -> None:
    """A second longer at most than this machine takes where nothing backs off."""
    nobody = "arn:aws:iam::123456789012:role/nobody-made-this"
    endpoint = world.given(role(nobody))
    endpoint.stalls("ExecutionRoleNotFound")
    calls = world.calls_from_now()
    usual = seconds_until_made(world)
    looks = max(4, 2 + math.ceil(math.log2((usual + 1.0) / 0.8)))
    world.until(lambda: looks_at_role(calls) >= looks, "a back-off of many seconds, and twice what is waited now")
    edited = world.calls_from_now()
    endpoint.edit({"executionRoleArn": None}, count(2))
    until(edited.that_change_anything, what="the edit acted on", within_seconds=usual + 1.0, seen=world.evidence)
    endpoint.settles()


def seconds_until_made(world: Scene) -> float:
    """From an object to the first call that makes something of it."""
    calls, began = world.calls_from_now(), time.monotonic()
    fresh = world.given(name="fresh")
    world.until(calls.that_change_anything, "the first call for another one")
    took = time.monotonic() - began
    fresh.settles()
    world.operator_looks(2)  # it calls nothing more
    return took


def looks_at_role(calls: RecordedCalls) -> int:
    return sum(row["operation"] == "GetRole" for row in calls.of_operator())
