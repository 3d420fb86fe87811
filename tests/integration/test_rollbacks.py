"""Rollouts and creations that SageMaker gave up: said with its reason, not retried by themselves, mended by an edit."""

from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import count, image, version

REASON = "The primary container for production variant AllTraffic did not pass the ping health check."
# Preflight would find it before SageMaker does.
MISSING_IMAGE = {**image("123456789012.dkr.ecr.us-east-1.amazonaws.com/never-pushed:1"), "preflight": "Off"}


def test_rule_03_a_silent_rollback_is_reported_and_the_old_revision_serves_on(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    first = endpoint.revision
    world.next(endpoint, result="RolledBack", failureReason=REASON)
    with world.records_calls() as calls:
        endpoint.edit(version(2))
        sentence = endpoint.stalls("ContainerUnhealthy")
        world.operator_looks(3)
    assert REASON in sentence
    assert "spec.containers[0]" in sentence
    assert f"{first} serves" in sentence
    assert endpoint.table_row() == ("False", "False", "True", "True")
    assert endpoint.revision == first
    assert f"{endpoint.sagemaker_name}-{first}" in world.sagemaker.configs()
    assert sorted(endpoint.revisions().values()) == ["Active", "RolledBack"]
    assert calls.count("UpdateEndpoint") == 1


def test_after_a_rollback_going_back_to_the_old_spec_is_ready_again_without_a_rollout(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    world.next(endpoint, result="RolledBack", failureReason=REASON)
    endpoint.edit(version(2)).stalls("ContainerUnhealthy")
    with world.records_calls() as calls:
        endpoint.edit(version(1)).settles()
    assert calls.that_change_anything() == []


def test_a_count_can_be_changed_while_a_rolled_back_spec_stands(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    world.next(endpoint, result="RolledBack", failureReason=REASON)
    endpoint.edit(version(2)).stalls("ContainerUnhealthy")
    world.next(endpoint, result="RolledBack", failureReason=REASON)
    endpoint.edit(count(2))
    endpoint.stalls("ContainerUnhealthy")
    world.until(
        lambda: world.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 2}, "two instances of the old one"
    )


def test_a_failed_creation_names_image_and_remedy_and_is_not_tried_again_by_itself(world: Scene) -> None:
    with world.records_calls() as calls:
        endpoint = world.given(MISSING_IMAGE)
        sentence = endpoint.stalls("ImageUnavailable")
        world.operator_looks(3)
    assert sentence.startswith("spec.containers[0].image: ")
    assert "exist" in sentence
    assert endpoint.table_row() == ("False", "False", "True", "False")
    assert calls.count("CreateEndpoint") == 1
    assert calls.count("DescribeEndpoint") <= 3


def test_a_failed_creation_is_cleared_away_and_made_anew_when_the_spec_is_mended(world: Scene) -> None:
    endpoint = world.given(MISSING_IMAGE)
    endpoint.stalls("ImageUnavailable")
    with world.records_calls() as calls:
        endpoint.edit(version(1)).settles()
    assert calls.that_change_anything() == ["DeleteEndpoint", "CreateModel", "CreateEndpointConfig", "CreateEndpoint"]
    assert sorted(endpoint.revisions().values()) == ["Active", "Failed"]
    assert "EndpointDeleted" not in endpoint.story(), "nobody deleted it behind the operator's back"


def test_a_rollout_that_cannot_start_an_image_leaves_the_old_revision_serving(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    endpoint.edit(MISSING_IMAGE)
    assert "spec.containers[0].image" in endpoint.stalls("ImageUnavailable")
    assert endpoint.table_row() == ("False", "False", "True", "True")
    endpoint.edit(version(3)).settles()


def test_an_endpoint_whose_rollback_failed_too_is_rolled_out_again(world: Scene) -> None:
    """UpdateRollbackFailed is the one state in which only another update helps."""
    endpoint = world.given(version(1)).settles()
    world.next(endpoint, result="UpdateRollbackFailed", failureReason=REASON)
    endpoint.edit(version(2))
    endpoint.stalls("ContainerUnhealthy")
    endpoint.edit(version(3)).settles()
    assert endpoint.table_row() == ("True", "False", "False", "True")


def test_what_the_world_is_to_blame_for_is_tried_again_by_itself(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    world.next(endpoint, result="RolledBack", failureReason="InsufficientInstanceCapacity: no capacity in any zone.")
    endpoint.edit(version(2)).settles()
    assert endpoint.tells("CapacityUnavailable").type == "Warning"
