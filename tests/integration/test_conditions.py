"""The table of conditions, row by row, as kstatus and people read it."""

from datetime import UTC, datetime

from tests.integration.vocabulary.kstatus import CURRENT, FAILED, IN_PROGRESS
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import count, instance_type, version


def test_the_latest_generation_serves(world: Scene) -> None:
    endpoint = world.given().settles()
    assert (*endpoint.table_row(), endpoint.kstatus()) == ("True", "False", "False", "True", CURRENT)
    thing = endpoint.object
    generation = thing["metadata"]["generation"]
    assert thing["status"]["observedGeneration"] == generation
    assert {row["observedGeneration"] for row in thing["status"]["conditions"]} == {generation}
    assert thing["status"]["phase"] == "Ready"


def test_creating(world: Scene) -> None:
    endpoint = world.given()
    world.next(endpoint, result="InService", seconds=3000)
    endpoint.reconciles("Creating")
    assert (*endpoint.table_row(), endpoint.kstatus()) == ("False", "True", "False", "False", IN_PROGRESS)
    assert endpoint.status["phase"] == "Creating"
    world.next(endpoint, result="InService", seconds=0)
    endpoint.settles()


def test_rolling_out_while_the_old_revision_answers(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    world.next(endpoint, result="InService", seconds=3000)
    endpoint.edit(version(2))
    endpoint.reconciles("Updating")
    endpoint.is_in("Updating")
    assert (*endpoint.table_row(), endpoint.kstatus()) == ("False", "True", "False", "True", IN_PROGRESS)
    assert endpoint.status["phase"] == "Updating"
    world.next(endpoint, result="InService", seconds=0)
    endpoint.settles()


def test_rolled_back(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    world.next(endpoint, result="RolledBack", failureReason="the ping health check was not passed")
    endpoint.edit(version(2)).stalls("ContainerUnhealthy")
    assert (*endpoint.table_row(), endpoint.kstatus()) == ("False", "False", "True", "True", FAILED)
    assert endpoint.status["phase"] == "Stalled"


def test_the_users_fault_and_nothing_serves(world: Scene) -> None:
    endpoint = world.given(instance_type("ml.p4d.24xlarge"))
    endpoint.stalls("QuotaIsZero")
    assert (*endpoint.table_row(), endpoint.kstatus()) == ("False", "False", "True", "False", FAILED)


def test_the_users_fault_and_an_older_revision_serves(world: Scene) -> None:
    endpoint = world.given().settles()
    endpoint.edit(instance_type("ml.p4d.24xlarge")).stalls("QuotaIsZero")
    assert (*endpoint.table_row(), endpoint.kstatus()) == ("False", "False", "True", "True", FAILED)


def test_the_worlds_fault(world: Scene) -> None:
    error = {"code": "InternalFailure", "message": "internal", "status": 500}
    fault = world.fault("CreateModel", error=error)
    endpoint = world.given()
    endpoint.reconciles("AWSUnreachable")
    assert (*endpoint.table_row(), endpoint.kstatus()) == ("False", "True", "False", "False", IN_PROGRESS)
    world.simulator.end_faults(fault)
    endpoint.settles()


def test_an_edit_that_nobody_has_seen_yet_is_in_progress_for_whoever_waits(world: Scene) -> None:
    endpoint = world.given().settles()
    world.operator.stop()
    endpoint.edit(count(2))
    assert endpoint.kstatus() == IN_PROGRESS
    world.operator.start()
    endpoint.settles()
    assert endpoint.kstatus() == CURRENT


def test_the_time_of_a_condition_moves_only_when_its_status_flips(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    stalled = endpoint.condition("Stalled")["lastTransitionTime"]
    available = endpoint.condition("Available")["lastTransitionTime"]
    ready = endpoint.condition("Ready")["lastTransitionTime"]
    world.until(lambda: _now() > ready, "the next second")
    endpoint.edit(version(2)).settles()
    assert endpoint.condition("Stalled")["lastTransitionTime"] == stalled
    assert endpoint.condition("Available")["lastTransitionTime"] == available
    assert endpoint.condition("Ready")["lastTransitionTime"] > ready


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
