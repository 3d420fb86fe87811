"""The safety net under the watch: what it missed is found, what vanished is forgotten, a dead one is begun anew."""

from collections.abc import Iterator

import pytest

from tests.chaos.answered_writes import AnsweredWrites
from tests.chaos.apiserver_proxy.proxy import ApiServerProxy
from tests.chaos.apiserver_proxy.rules import Effect, Match
from tests.chaos.through_proxy import QUICK_RESYNC, WATCHES, until_watching
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import SharedWorld
from tests.integration.vocabulary.specs import count, version

OF_THE_WATCH = "kopf/*"
OBJECTS = "/apis/*/inferenceendpoints"
RESYNC_LIST = Match(method="GET", path=OBJECTS, agent="OpenAPI-Generator*", watch=False)
BEGINNINGS = "endpoint_operator_watch_beginnings_total"


@pytest.fixture(scope="module", autouse=True)
def _resyncing(_shared_world_and_proxy: tuple[SharedWorld, ApiServerProxy]) -> Iterator[None]:
    shared_world, proxy = _shared_world_and_proxy
    begun = proxy.watches_begun()
    with shared_world.operator.started_with(QUICK_RESYNC):
        until_watching(proxy, since=begun)
        yield


@pytest.fixture(autouse=True)
def _well_behaved(proxy: ApiServerProxy) -> Iterator[None]:
    begun = proxy.watches_begun()
    yield
    proxy.behave()
    if proxy.cut_watches():  # one that was stalled is not dead to the operator yet
        until_watching(proxy, since=begun)


def resyncs(world: Scene, proxy: ApiServerProxy, times: int) -> None:
    """Waits for so many lists that began from now on."""
    rule = proxy.rule(RESYNC_LIST, Effect(delay=0.001))
    world.until(lambda: proxy.met(rule) > times, f"{times} whole resyncs")
    proxy.end(rule)


def test_a_change_that_a_stalled_watch_did_not_bring_is_acted_on(world: Scene, proxy: ApiServerProxy) -> None:
    endpoint = world.given(count(1)).settles()
    blind = proxy.rule(Match(path=OBJECTS, agent=OF_THE_WATCH), Effect(hold=True))
    assert proxy.stall_watches() == WATCHES
    endpoint.edit(count(2)).settles()
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 2}
    proxy.end(blind)


def test_a_stalled_watch_is_begun_anew_and_brings_changes_again(world: Scene, proxy: ApiServerProxy) -> None:
    endpoint = world.given(count(1)).settles()
    before, begun = world.operator.metric(BEGINNINGS), proxy.watches_begun()
    assert proxy.stall_watches() == WATCHES
    endpoint.edit(count(2))
    until_watching(proxy, since=begun)
    assert world.operator.metric(BEGINNINGS) == before + 1
    proxy.rule(RESYNC_LIST, Effect(hold=True))
    endpoint.edit(count(3)).settles()
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 3}


def test_an_object_whose_deletion_nobody_told_is_not_acted_for_any_more(world: Scene, proxy: ApiServerProxy) -> None:
    endpoint = world.given().settles()
    proxy.rule(Match(path=OBJECTS, agent=OF_THE_WATCH), Effect(hold=True))
    assert proxy.stall_watches() == WATCHES
    endpoint.take_finalizer_off()
    endpoint.delete().is_gone()
    world.until(lambda: ghosts_buried(world), "a resync that finds it gone")
    with world.records_calls() as calls:
        world.boto3("sagemaker").delete_endpoint(EndpointName=endpoint.sagemaker_name)
        world.until(lambda: world.sagemaker.endpoints() == [], "the endpoint gone from SageMaker")
        world.operator_looks(3)
    assert calls.all() == [], "a ghost's endpoint would be looked at, and made again"


def test_an_object_that_is_gone_does_not_come_back_by_an_answer_that_was_on_its_way(
    world: Scene, proxy: ApiServerProxy
) -> None:
    endpoint = world.given().settles()
    late = proxy.rule(RESYNC_LIST, Effect(late=3.0), times=1)
    world.until(lambda: proxy.met(late) == 1, "a list under way")
    endpoint.take_finalizer_off()
    endpoint.delete().is_gone()
    resyncs(world, proxy, 2)
    assert ghosts_buried(world) == [], "the list brought it back, and the next one had to bury it"


def test_late_word_of_an_object_does_not_harm_the_new_one_of_its_name(world: Scene, proxy: ApiServerProxy) -> None:
    proxy.delay_watches(4.0)  # less than a resync takes for the sign of a dead watch
    old = world.given(version(1)).settles()
    old.delete().is_gone()
    writes = AnsweredWrites(world)
    new = world.given(version(2)).settles()
    uid = new.uid
    with world.records_calls() as calls:
        resyncs(world, proxy, 3)  # by then the watch has told all of the old one
    assert [row for row in calls.all() if row["operation"] != "DescribeEndpoint"] == []
    assert writes.refused() == []
    assert new.uid == uid
    assert new.table_row() == ("True", "False", "False", "True")


def ghosts_buried(world: Scene) -> list[str]:
    """Log lines of resyncs that found an object gone of which the watch had not said so."""
    ghost = "the watch did not say that the object is gone"
    return [line for line in world.operator.log_lines() if ghost in line and world.namespace in line]
