"""AWS throttles, answers late or not at all, shows what was, refuses credentials, is gone: all converges."""

from collections.abc import Callable, Iterator

import pytest

from tests.chaos.answered_writes import AnsweredWrites
from tests.chaos.effects import doubled
from tests.controlplane.deadlines import until
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.recorded_calls import RecordedCalls
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import TIME_SCALE
from tests.integration.vocabulary.specs import count, role, version

THROTTLED = {"code": "ThrottlingException", "message": "Rate exceeded", "status": 400}
EXPIRED = {"code": "ExpiredToken", "message": "The security token included in the request is expired", "status": 403}
UNAVAILABLE = {"code": "ServiceUnavailable", "message": "Service is unable to handle request.", "status": 503}
OPERATOR_CALLS = {"service": "sagemaker"}
# Far beyond what a fault in a third of all calls costs with the back-off that it earns.
PATIENCE_SECONDS = 90.0


@pytest.fixture
def _fresh_rates(world: Scene) -> Iterator[None]:
    """What a test taught the operator about AWS's limits is none of the next one's business."""
    yield
    world.simulator.end_faults()
    world.operator.restart()


def life_of(world: Scene, *, endpoints: int, between: Callable[[list[Endpoint]], None] = lambda _: None) -> list[str]:
    """Endpoints are made, edited and deleted all at once; what took effect twice."""
    calls = world.calls_from_now()
    all_of_them = [world.given(version(1), name=f"e{number}") for number in range(endpoints)]
    patiently(world, lambda: all(is_ready(each) for each in all_of_them), "all made")
    between(all_of_them)
    for each in all_of_them:
        each.edit(version(2))
    patiently(world, lambda: all(is_ready(each) for each in all_of_them), "all edited")
    for each in all_of_them:
        assert world.sagemaker.config(each.status["endpoint"]["configName"]) is not None
        each.delete()
    patiently(world, lambda: world.objects.all(world.namespace) == [], "all deleted")
    assert world.sagemaker.everything() == []
    return doubled(calls.all(), updates_wanted={each.sagemaker_name: 1 for each in all_of_them})


def is_ready(endpoint: Endpoint) -> bool:
    condition, generation = endpoint.condition("Ready"), endpoint.object["metadata"]["generation"]
    return condition.get("status") == "True" and condition.get("observedGeneration") == generation


def patiently(world: Scene, fact: Callable[[], object], what: str) -> None:
    until(fact, what=what, within_seconds=PATIENCE_SECONDS, seen=world.evidence)


@pytest.mark.usefixtures("_fresh_rates")
def test_throttling_of_three_calls_in_ten_delays_and_breaks_nothing(world: Scene) -> None:
    fault = world.simulator.add_fault(match={}, error=THROTTLED, probability=0.3)
    assert life_of(world, endpoints=5) == []
    assert fired(world, fault) > 10


@pytest.mark.usefixtures("_fresh_rates")
def test_throttling_that_lasts_is_said_and_ends_well(world: Scene) -> None:
    fault = world.fault("CreateModel", error=THROTTLED)
    endpoints = [world.given(name=f"e{number}") for number in range(5)]
    for endpoint in endpoints:
        assert "AWS limits the rate of CreateModel; it is tried again" in endpoint.reconciles("Throttled")
    world.simulator.end_faults(fault)
    patiently(world, lambda: all(is_ready(each) for each in endpoints), "all made once AWS takes it")


@pytest.mark.usefixtures("_fresh_rates")
def test_the_operator_finds_the_rate_that_aws_takes(world: Scene) -> None:
    """AWS takes four calls a second: most of those that are made are taken, although fifty objects ask at once."""
    world.simulator.configure(rateLimits={"sagemaker:CreateModel": {"perSecond": 4, "burst": 4}})
    calls = world.calls_from_now()
    endpoints = [world.given(name=f"e{number}") for number in range(50)]
    patiently(world, lambda: all(is_ready(each) for each in endpoints), "all made")
    world.simulator.configure(rateLimits={"sagemaker:CreateModel": None})
    tries, refused = calls.count("CreateModel"), sum(row["error"] == THROTTLED["code"] for row in calls.all())
    print(f"{tries} tries at CreateModel for {len(endpoints)} models, {refused} of them throttled")
    assert refused < 2 * len(endpoints)


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


def test_an_hour_without_aws_is_said_once_and_ends_within_seconds(world: Scene) -> None:
    """At rest nothing is written; where there is work, its status is written once and not in a loop."""
    resting, working = world.given(name="resting").settles(), world.given(version(1), name="working").settles()
    world.operator_looks(2)
    fault = world.simulator.add_fault(match={}, error=UNAVAILABLE, forSeconds=3600)
    writes = AnsweredWrites(world)
    working.edit(version(2))
    working.reconciles("AWSUnreachable")
    world.until(lambda: world.operator.readiness()[0] == 503, "/readyz saying so")
    said = len(writes.of("/status working"))
    tries = fired(world, fault)
    world.until(lambda: fired(world, fault) > tries + 8, "many more tries")
    assert len(writes.of("/status working")) <= said + 1, "the sentence is the same whatever call failed last"
    assert said <= 2
    assert writes.of("resting") == []
    world.simulator.advance(seconds=3600)
    until(lambda: is_ready(working), what="the work done", within_seconds=12, seen=world.evidence)
    world.until(lambda: world.operator.readiness()[0] == 200, "/readyz well again")
    assert writes.of("resting") == []
    assert resting.table_row() == ("True", "False", "False", "True")


def test_an_edit_begins_a_back_off_anew_and_is_acted_on_within_a_second(world: Scene) -> None:
    nobody = "arn:aws:iam::123456789012:role/nobody-made-this"
    endpoint = world.given(role(nobody))
    endpoint.stalls("ExecutionRoleNotFound")
    calls = world.calls_from_now()
    world.until(lambda: looks_at_role(calls) >= 3, "a back-off of many seconds")
    endpoint.edit({"executionRoleArn": None}, count(2))
    until(calls.that_change_anything, what="the edit acted on", within_seconds=1.0, seen=world.evidence)
    endpoint.settles()


def looks_at_role(calls: RecordedCalls) -> int:
    return sum(row["operation"] == "GetRole" for row in calls.of_operator())


def fired(world: Scene, fault: str) -> int:
    rows = world.simulator.faults()
    rows = rows["faults"] if isinstance(rows, dict) else rows
    return next(int(row["fired"]) for row in rows if row["id"] == fault)
