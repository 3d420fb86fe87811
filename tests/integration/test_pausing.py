"""`paused`: observed only, and what would be done is in status."""

from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import count, field, version


def test_a_paused_object_makes_no_call_and_says_which_it_would_make(world: Scene) -> None:
    endpoint = world.given().settles()
    endpoint.edit(field(paused=True)).settles()
    with world.records_calls() as calls:
        endpoint.edit(version(2))
        world.until(lambda: endpoint.status.get("plannedCalls"), "the plan in status")
        world.operator_looks(3)
    assert calls.that_change_anything() == []
    planned = [call["operation"] for call in endpoint.status["plannedCalls"]]
    assert planned[:3] == ["CreateModel", "CreateEndpointConfig", "UpdateEndpoint"]
    assert endpoint.table_row() == ("False", "False", "False", "True")
    assert "3 calls held back" in endpoint.condition("Ready")["message"]


def test_what_was_held_back_is_done_when_the_pause_ends(world: Scene) -> None:
    endpoint = world.given(count(1)).settles()
    endpoint.edit(field(paused=True), count(2))
    world.until(lambda: endpoint.status.get("plannedCalls"), "the plan in status")
    endpoint.edit(field(paused=False)).settles()
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 2}
    assert endpoint.status["plannedCalls"] == []


def test_paused_and_in_step_is_ready(world: Scene) -> None:
    endpoint = world.given().settles()
    endpoint.edit(field(paused=True)).settles()
    assert endpoint.condition("Ready")["reason"] == "Paused"
    assert endpoint.table_row() == ("True", "False", "False", "True")


def test_a_drift_is_seen_and_left_while_paused(world: Scene) -> None:
    endpoint = world.given().settles()
    endpoint.edit(field(paused=True)).settles()
    world.boto3("sagemaker").update_endpoint_weights_and_capacities(
        EndpointName=endpoint.sagemaker_name,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 4}],
    )
    world.until(lambda: endpoint.condition("Ready")["status"] == "False", "no longer in step")
    planned = [call["operation"] for call in endpoint.status["plannedCalls"]]
    assert planned == ["UpdateEndpointWeightsAndCapacities"]
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 4}


def test_a_paused_object_that_was_never_made_makes_nothing_and_goes_at_once(world: Scene) -> None:
    endpoint = world.given(field(paused=True))
    world.until(lambda: endpoint.status.get("plannedCalls"), "the plan in status")
    assert world.sagemaker.everything() == []
    endpoint.delete().is_gone()
