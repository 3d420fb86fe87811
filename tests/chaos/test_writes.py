"""Writes that the API server refuses, or whose answer is lost: made again, with back-off, and nothing is lost."""

import time

import pytest

from tests.chaos.answered_writes import AnsweredWrites
from tests.chaos.apiserver_proxy.proxy import ApiServerProxy
from tests.chaos.apiserver_proxy.rules import CONFLICT, INTERNAL_ERROR, Cut, Effect, Match, too_many_requests
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import TIME_SCALE
from tests.integration.vocabulary.specs import count, version

CREATION = ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"]


def writes_of(world: Scene, *, method: str = "P*", of: str = "*") -> Match:
    """Of finalizers (PATCH) and status (PUT) in the test's namespace; Events and the Lease are none."""
    return Match(method=method, path=f"/apis/*/namespaces/{world.namespace}/inferenceendpoints/{of}")


def test_a_status_write_that_came_too_late_is_made_again_on_the_newer_object(
    world: Scene, proxy: ApiServerProxy
) -> None:
    endpoint = world.given(version(1), count(1)).settles()
    held = proxy.rule(writes_of(world, method="PUT"), Effect(hold=True), times=1)
    writes = AnsweredWrites(world)
    endpoint.edit(version(2))
    world.until(lambda: proxy.met(held) == 1, "a status write under way")
    endpoint.edit(count(2))
    proxy.end(held)
    endpoint.settles()
    # Once more for each time that it came before the watch had brought the edit.
    assert {write.status for write in writes.refused()} == {409}
    assert endpoint.status["observedGeneration"] == 3
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 2}
    assert len(world.sagemaker.models()) == 2


def test_writes_that_are_refused_for_ever_as_stale_are_tried_ever_more_rarely(
    world: Scene, proxy: ApiServerProxy
) -> None:
    """Somebody answers 409 although nothing changed, or the watch is blind: 0.1, 0.2, 0.4, ... seconds apart."""
    endpoint = world.given(count(1)).settles()
    refused = proxy.rule(writes_of(world, method="PUT"), Effect(answer=CONFLICT))
    began = time.monotonic()
    endpoint.edit(count(2))
    world.until(lambda: proxy.met(refused) >= 6, "six refused writes")
    assert time.monotonic() - began > 0.8 * sum(0.1 * 2**retry for retry in range(5))
    proxy.end(refused)
    endpoint.settles()


def test_a_change_whose_status_could_not_be_written_is_not_made_again_while_reads_lag(
    world: Scene, proxy: ApiServerProxy
) -> None:
    """SageMaker shows for two seconds what was before; three passes begin with a status that knows no better."""
    endpoint = world.given(count(1)).settles()
    world.simulator.configure(staleSeconds=2 * TIME_SCALE)
    shown = {"NameContains": endpoint.sagemaker_name, "StatusEquals": "InService"}
    world.until(lambda: world.boto3("sagemaker").list_endpoints(**shown)["Endpoints"], "InService, as reads show it")
    calls = world.calls_from_now()
    refused = proxy.rule(writes_of(world, method="PUT"), Effect(answer=CONFLICT), times=3)
    endpoint.edit(count(2)).settles()
    assert proxy.met(refused) == 3
    assert calls.that_change_anything() == ["UpdateEndpointWeightsAndCapacities"]


def test_writes_refused_with_500_are_made_again_and_nothing_is_done_twice(world: Scene, proxy: ApiServerProxy) -> None:
    refused = proxy.rule(writes_of(world), Effect(answer=INTERNAL_ERROR), times=4)
    with world.records_calls() as calls:
        endpoint = world.given().settles()
    assert proxy.met(refused) == 4
    assert calls.that_change_anything() == CREATION
    endpoint.delete().is_gone()
    assert world.sagemaker.everything() == []


def test_a_write_refused_with_429_is_not_tried_before_the_time_that_was_asked_for(
    world: Scene, proxy: ApiServerProxy
) -> None:
    refused = proxy.rule(writes_of(world), Effect(answer=too_many_requests(retry_after=5)), times=1)
    began = time.monotonic()
    endpoint = world.given()
    world.until(lambda: proxy.met(refused) == 1, "a refused write")
    endpoint.settles()
    assert time.monotonic() - began >= 5


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.IN_THE_ANSWER])
def test_writes_whose_connection_is_cut_are_found_done_or_made_again(
    world: Scene, proxy: ApiServerProxy, cut: Cut
) -> None:
    """Finalizer and status each lose a connection, of creation and of deletion."""
    with world.records_calls() as calls:
        rules = [proxy.rule(writes_of(world, method=method), Effect(cut=cut), times=2) for method in ("PATCH", "PUT")]
        endpoint = world.given().settles()
        endpoint.delete().is_gone()
    assert all(proxy.met(rule) == 2 for rule in rules)
    assert calls.that_change_anything()[:3] == CREATION
    assert len(set(calls.that_change_anything())) == len(calls.that_change_anything())
    assert world.sagemaker.everything() == []
