"""When what failed is tried again: on a new word in reconcile-at, on an edit away and back, never by itself."""

from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import field, image, version

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/{name}/sim-late:1"
NOT_LOOKED_AT_FIRST = field(preflight="Off")  # preflight would find that the image is missing


def test_rule_10_a_new_reconcile_at_forces_one_look_at_an_endpoint_at_rest(world: Scene) -> None:
    endpoint = world.given().settles()
    world.operator_looks(2)  # what the creation still had to ask is asked
    with world.records_calls() as calls:
        endpoint.ask_to_look("2026-11-22T12:00:00Z")
        world.until(lambda: calls.count("DescribeEndpoint") > 0, "a look at SageMaker")
        world.operator_looks(2)
    assert calls.count("DescribeEndpoint") == 1
    assert calls.that_change_anything() == []


def test_rule_10_a_new_reconcile_at_tries_a_failed_creation_once_more(world: Scene) -> None:
    endpoint = world.given(image(IMAGE.format(name=world.namespace)), NOT_LOOKED_AT_FIRST)
    endpoint.stalls("ImageUnavailable")
    with world.records_calls() as calls:
        endpoint.ask_to_look("again")
        world.until(lambda: calls.count("CreateEndpoint") == 1, "one more try")
        endpoint.is_in("Failed")
        endpoint.stalls("ImageUnavailable")
        world.operator_looks(3)
    assert calls.count("CreateEndpoint") == 1


def test_rule_11_a_new_reconcile_at_tries_a_rolled_back_revision_once_more(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    world.next(endpoint, result="RolledBack", failureReason="the ping health check was not passed")
    endpoint.edit(version(2)).stalls("ContainerUnhealthy")
    endpoint.ask_to_look("again")
    endpoint.settles()
    assert world.sagemaker.model(str(endpoint.status["endpoint"]["configName"]))["PrimaryContainer"]["Image"].endswith(
        "2"
    )


def test_rule_11_an_edit_away_and_back_tries_the_failed_revision_again(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    world.next(endpoint, result="RolledBack", failureReason="the ping health check was not passed")
    endpoint.edit(version(2)).stalls("ContainerUnhealthy")
    endpoint.edit(version(1)).settles()
    with world.records_calls() as calls:
        endpoint.edit(version(2)).settles()
    assert calls.count("UpdateEndpoint") == 1


def test_rule_11_the_same_reconcile_at_tries_nothing_again(world: Scene) -> None:
    endpoint = world.given(image(IMAGE.format(name=world.namespace)), NOT_LOOKED_AT_FIRST)
    endpoint.ask_to_look("once")
    endpoint.stalls("ImageUnavailable")
    with world.records_calls() as calls:
        endpoint.ask_to_look("once")
        world.operator.restart()
        world.operator_looks(2)
    assert calls.that_change_anything() == []
    assert endpoint.table_row() == ("False", "False", "True", "False")
