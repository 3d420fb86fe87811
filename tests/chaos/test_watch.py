"""What the operator knows of objects stays right when the watch is late, dead, cut or expired.

No resync comes to its help here; see test_resync.py.
"""

from tests.chaos.answered_writes import AnsweredWrites
from tests.chaos.apiserver_proxy.proxy import ApiServerProxy
from tests.chaos.apiserver_proxy.rules import GONE, Cut, Effect, Match
from tests.chaos.through_proxy import WATCHES, until_watching
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import TIME_SCALE
from tests.integration.vocabulary.specs import count

OBJECTS = "*/inferenceendpoints"
CORRECTION = "UpdateEndpointWeightsAndCapacities"
CREATION = ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"]


def test_what_it_wrote_is_never_overwritten_by_events_that_come_late(world: Scene, proxy: ApiServerProxy) -> None:
    """Echoes come three seconds late, and AWS wakes the object while the last one brought a status of long ago."""
    proxy.delay_watches(3.0)
    writes, calls = AnsweredWrites(world), world.calls_from_now()
    world.simulator.next(f"{world.namespace}-churn", result="InService", seconds=2.5 * TIME_SCALE)
    endpoint = world.given(count(1)).settles()
    world.boto3("sagemaker").update_endpoint_weights_and_capacities(
        EndpointName=endpoint.sagemaker_name,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 2}],
    )
    world.until(lambda: calls.count(CORRECTION) == 1, "the count corrected")
    world.until(lambda: world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 1}, "one instance again")
    endpoint.settles()
    assert calls.that_change_anything() == [*CREATION, CORRECTION]
    assert writes.refused() == [], "a pass on an old status would be refused its write"


def test_a_watch_that_expired_is_begun_anew_and_what_changed_meanwhile_is_done(
    world: Scene, proxy: ApiServerProxy
) -> None:
    endpoint = world.given(count(1)).settles()
    begun = proxy.watches_begun()
    expired = proxy.rule(Match(watch=True), Effect(answer=GONE))
    assert proxy.end_watches_as_expired() == WATCHES
    endpoint.edit(count(2))
    world.until(lambda: proxy.met(expired) >= 1, "a watch refused as expired")
    proxy.end(expired)
    until_watching(proxy, since=begun)
    endpoint.settles()
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 2}


def test_a_watch_that_is_refused_does_not_take_the_other_with_it(world: Scene, proxy: ApiServerProxy) -> None:
    """kopf ends when one is refused, and leaves the other asking, with a connection that it has closed."""
    endpoint = world.given(count(1)).settles()
    begun, said_before = proxy.watches_begun(), len(world.operator.log_lines())
    unanswered = proxy.rule(Match(watch=True, path=OBJECTS), Effect(hold=True))
    refused = proxy.rule(Match(watch=True, path="*/inferencemodels"), Effect(answer=GONE), times=1)
    assert proxy.cut_watches() == WATCHES
    world.until(lambda: proxy.met(refused) and proxy.met(unanswered), "a watch refused, the other not answered")
    endpoint.edit(count(2))
    world.until(lambda: proxy.met(unanswered) >= 2, "the other asking anew")
    proxy.end(unanswered)
    until_watching(proxy, since=begun)
    endpoint.settles()
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 2}
    said = world.operator.log_lines()[said_before:]
    assert [line for line in said if "the watch ended and is begun anew" in line]
    assert [line for line in said if '"ERROR"' in line] == [], "what the API server refuses is no error of the operator"


def test_stopped_while_it_asks_which_kinds_there_are_the_operator_leaves_without_complaint(
    world: Scene, proxy: ApiServerProxy
) -> None:
    begun, said_before = proxy.watches_begun(), len(world.operator.log_lines())
    world.operator.stop()
    unanswered = proxy.rule(Match(path="/apis", agent="kopf/*"), Effect(hold=True))
    world.operator.start()
    world.until(lambda: proxy.met(unanswered) >= 1, "kopf asking which kinds there are")
    assert world.operator.stop(), "it went by itself, in time"
    proxy.end(unanswered)
    said = world.operator.log_lines()[said_before:]
    assert [line for line in said if '"ERROR"' in line or "Traceback" in line] == []
    world.operator.start()
    until_watching(proxy, since=begun)


def test_a_watch_that_was_cut_goes_on_where_it_ended(world: Scene, proxy: ApiServerProxy) -> None:
    endpoint = world.given(count(1)).settles()
    begun = proxy.watches_begun()
    assert proxy.cut_watches() == WATCHES
    endpoint.edit(count(2))
    until_watching(proxy, since=begun)
    endpoint.settles()
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 2}


def test_an_api_server_that_was_killed_and_came_back_is_watched_again(world: Scene, proxy: ApiServerProxy) -> None:
    plane, endpoint, begun = world.shared.world.control_plane, world.given(count(1)).settles(), proxy.watches_begun()
    audit, said_before = world.audit_from_now(), len(world.operator.log_lines())
    plane.apiserver.kill()
    plane.start()
    until_watching(proxy, since=begun)
    world.until(lambda: world.operator.readiness()[0] == 200, "/readyz well again")
    said = world.operator.log_lines()[said_before:]
    assert any('"WARNING"' in line for line in said)
    assert [line for line in said if '"ERROR"' in line] == [], "an API server that is away is no error of the operator"
    assert audit.writes_of_operator(namespace=world.namespace) == [], "nothing had changed"
    endpoint.edit(count(2)).settles()
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 2}


def test_what_changed_while_the_operator_was_cut_off_from_a_restarted_api_server_is_done(
    world: Scene, proxy: ApiServerProxy
) -> None:
    plane = world.shared.world.control_plane
    kept, dropped = world.given(count(1), name="kept").settles(), world.given(name="dropped").settles()
    blackout = proxy.rule(Match(), Effect(cut=Cut.BEFORE))
    proxy.cut_watches()
    plane.apiserver.kill()
    plane.start()
    kept.edit(count(2))
    dropped.delete()
    new = world.given(name="new")
    world.until(lambda: proxy.met(blackout) >= 5, "requests of the operator that found nobody")
    proxy.end(blackout)
    kept.settles()
    new.settles()
    dropped.is_gone()
    assert world.sagemaker.endpoints() == sorted([kept.sagemaker_name, new.sagemaker_name])
    assert world.sagemaker.counts(kept.sagemaker_name) == {"AllTraffic": 2}
