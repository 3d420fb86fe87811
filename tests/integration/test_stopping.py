"""`stopped`: no endpoint, no cost, and everything kept to start again."""

from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import count, field, version


def test_stopped_is_reached_when_there_is_no_endpoint_and_everything_else_is_kept(world: Scene) -> None:
    endpoint = world.given().settles()
    with world.records_calls() as calls:
        endpoint.edit(field(stopped=True)).settles()
    assert calls.that_change_anything() == ["DeleteEndpoint"]
    assert endpoint.condition("Ready")["reason"] == "Stopped"
    assert endpoint.table_row() == ("True", "False", "False", "False")
    assert endpoint.status["phase"] == "Stopped"
    assert world.sagemaker.endpoints() == []
    assert len(world.sagemaker.configs()) == 1
    assert len(world.sagemaker.models()) == 1


def test_started_again_it_makes_nothing_but_the_endpoint(world: Scene) -> None:
    endpoint = world.given().settles()
    endpoint.edit(field(stopped=True)).settles()
    with world.records_calls() as calls:
        endpoint.edit(field(stopped=False)).settles()
    assert [call for call in calls.that_change_anything() if call == "CreateEndpoint"] == ["CreateEndpoint"]
    assert len(world.sagemaker.configs()) == 1
    assert "EndpointDeleted" not in endpoint.story()


def test_rule_13_started_again_it_has_the_counts_that_are_wanted_then(world: Scene) -> None:
    endpoint = world.given(count(1)).settles()
    endpoint.edit(field(stopped=True)).settles()
    endpoint.edit(count(3)).settles()
    with world.records_calls() as calls:
        endpoint.edit(field(stopped=False)).settles()
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 3}
    assert "UpdateEndpointWeightsAndCapacities" not in calls.that_change_anything()


def test_an_edit_while_stopped_is_what_is_started(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    endpoint.edit(field(stopped=True)).settles()
    with world.records_calls() as calls:
        endpoint.edit(version(2)).settles()
    assert calls.that_change_anything() == []
    endpoint.edit(field(stopped=False)).settles()
    config = world.sagemaker.config(str(endpoint.status["endpoint"]["configName"]))
    image = world.sagemaker.model(config["ProductionVariants"][0]["ModelName"])["PrimaryContainer"]["Image"]
    assert image.endswith(":2")


def test_one_that_is_stopped_from_the_start_makes_nothing(world: Scene) -> None:
    with world.records_calls() as calls:
        endpoint = world.given(field(stopped=True)).settles()
    assert calls.that_change_anything() == []
    assert endpoint.condition("Ready")["reason"] == "Stopped"


def test_one_that_is_stopped_is_deleted_whole(world: Scene) -> None:
    endpoint = world.given().settles()
    endpoint.edit(field(stopped=True)).settles()
    endpoint.delete().is_gone()
    assert world.sagemaker.everything() == []
