"""An endpoint that goes away behind the operator's back is made again, as it is wanted now, and said so."""

from datetime import datetime

from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.kstatus import IN_PROGRESS
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import count, version

VARIANT = "AllTraffic"


def test_an_endpoint_deleted_by_hand_is_made_again_and_an_event_says_so(world: Scene) -> None:
    endpoint = world.given().settles()
    before = world.sagemaker.configs()
    created = _deleted_by_hand(world, endpoint)
    event = endpoint.tells("EndpointDeleted")
    assert event.type == "Warning"
    assert "was deleted in SageMaker; it is being made again" in event.message
    _made_again(world, endpoint, created)
    assert world.sagemaker.configs() == before
    assert endpoint.table_row() == ("True", "False", "False", "True")


def test_while_it_is_made_again_nothing_is_ready_or_available(world: Scene) -> None:
    endpoint = world.given().settles()
    created = endpoint.is_in("InService")["CreationTime"]
    refusal = world.fault("CreateEndpoint", error={"code": "ThrottlingException", "message": "Rate exceeded"})
    world.boto3("sagemaker").delete_endpoint(EndpointName=endpoint.sagemaker_name)
    world.until(lambda: world.sagemaker.endpoint(endpoint.sagemaker_name) is None, "deleted")
    world.holds_transition(endpoint)
    world.simulator.end_faults(refusal)
    endpoint.tells("EndpointDeleted")
    world.until(lambda: endpoint.is_in("Creating")["CreationTime"] != created, "being made again")
    world.until(lambda: endpoint.table_row() == ("False", "True", "False", "False"), "the row of the table")
    assert endpoint.kstatus() == IN_PROGRESS
    world.ends_transition(endpoint)
    endpoint.settles()


def test_rule_13_made_again_after_a_deletion_by_hand_it_has_the_count_that_is_wanted_now(world: Scene) -> None:
    endpoint = world.given(count(1)).settles()
    endpoint.edit(count(3)).settles()
    first = endpoint.revision
    with world.records_calls() as calls:
        created = _deleted_by_hand(world, endpoint)
        endpoint.tells("EndpointDeleted")
        _made_again(world, endpoint, created)
    assert calls.that_change_anything().count("CreateEndpoint") == 1
    assert "UpdateEndpointWeightsAndCapacities" not in calls.that_change_anything()
    config = world.sagemaker.config(str(endpoint.status["endpoint"]["configName"]))
    assert config["ProductionVariants"][0]["InitialInstanceCount"] == 3
    assert endpoint.revision == first, "the same revision under another config"
    world.until(lambda: len(world.sagemaker.configs()) == 1, "the config with the old count gone")


def test_reverting_after_it_was_made_again_makes_no_third_config(world: Scene) -> None:
    endpoint = world.given(count(1), version(1)).settles()
    endpoint.edit(count(2)).settles()
    created = _deleted_by_hand(world, endpoint)
    endpoint.tells("EndpointDeleted")
    _made_again(world, endpoint, created)
    endpoint.edit(version(2)).settles()
    endpoint.edit(version(1)).settles()
    world.until(lambda: len(world.sagemaker.configs()) == 2, "no third config")  # what is not kept goes after Ready
    endpoint.delete().is_gone()
    assert world.sagemaker.everything() == []


def test_one_deleted_while_the_operator_was_away_is_made_again_once(world: Scene) -> None:
    endpoint = world.given().settles()
    world.operator.kill()
    created = _deleted_by_hand(world, endpoint)
    with world.records_calls() as calls:
        world.operator.start()
        endpoint.tells("EndpointDeleted")
        _made_again(world, endpoint, created)
    assert calls.count("CreateEndpoint") == 1


def _deleted_by_hand(world: Scene, endpoint: Endpoint) -> datetime:
    """Returns when SageMaker has deleted it, or somebody has made it again already; when the deleted one was made."""
    created: datetime = endpoint.is_in("InService")["CreationTime"]
    world.boto3("sagemaker").delete_endpoint(EndpointName=endpoint.sagemaker_name)

    def over() -> bool:
        live = world.sagemaker.endpoint(endpoint.sagemaker_name)
        return live is None or live["CreationTime"] != created

    world.until(over, "deleted by hand")
    return created


def _made_again(world: Scene, endpoint: Endpoint, deleted: datetime) -> None:
    """The Event tells of it before the status does: a Ready that is read then may be that of the deleted one."""
    world.until(lambda: endpoint.is_in("InService")["CreationTime"] != deleted, "another endpoint")
    made = endpoint.is_in("InService")["CreationTime"]

    def told() -> bool:
        return bool(endpoint.status.get("endpoint", {}).get("creationTime") == made)

    world.until(told, "its status tells of that one")
    endpoint.settles()
