"""What changes without another fleet, and what a rollout must leave as it is."""

from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import count, field, tags, version

VARIANT = "AllTraffic"


def test_an_edit_of_the_count_never_replaces_the_fleet(world: Scene) -> None:
    endpoint = world.given(count(1)).settles()
    with world.records_calls() as calls:
        endpoint.edit(count(3)).settles()
    assert calls.that_change_anything() == ["UpdateEndpointWeightsAndCapacities"]
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {VARIANT: 3}
    assert endpoint.status["instanceCount"] == 3
    assert len(endpoint.revisions()) == 1


def test_an_edit_of_tags_never_replaces_the_fleet_and_takes_old_ones_away(world: Scene) -> None:
    endpoint = world.given(tags(team="growth", stage="trial")).settles()
    with world.records_calls() as calls:
        endpoint.edit(tags(team="core", stage=None)).settles()
        world.until(lambda: world.sagemaker.tags(endpoint.sagemaker_name).get("team") == "core", "the new tag")
        world.until(lambda: "stage" not in world.sagemaker.tags(endpoint.sagemaker_name), "the old tag gone")
    assert calls.that_change_anything() == ["AddTags", "DeleteTags"]
    ours = {key for key in world.sagemaker.tags(endpoint.sagemaker_name) if key != "team"}
    assert {key.rpartition("/")[2] for key in ours} == {"managed-by", "cluster", "object", "uid"}


def test_an_edit_of_what_only_the_operator_reads_calls_nothing(world: Scene) -> None:
    endpoint = world.given().settles()
    with world.records_calls() as calls:
        endpoint.edit(field(revisionHistoryLimit=5, preflight="Warn")).settles()
    assert calls.that_change_anything() == []


def test_rule_04_a_rollout_keeps_the_count_that_the_fleet_has(world: Scene) -> None:
    """Reverting to a revision whose config was made with one instance does not bring the one instance back."""
    endpoint = world.given(count(1)).settles()
    endpoint.edit(count(3)).settles()
    endpoint.edit(version(2)).settles()
    with world.records_calls() as calls:
        world.holds_transition(endpoint)
        endpoint.edit(version(1))
        during = endpoint.is_in("Updating")["PendingDeploymentSummary"]["ProductionVariants"]
        world.ends_transition(endpoint)
        endpoint.settles()
    old_config = world.sagemaker.config(str(endpoint.status["endpoint"]["configName"]))
    assert old_config["ProductionVariants"][0]["InitialInstanceCount"] == 1
    assert [variant["DesiredInstanceCount"] for variant in during] == [3]
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {VARIANT: 3}
    assert "UpdateEndpointWeightsAndCapacities" not in calls.that_change_anything()


def test_rule_04_a_count_edited_together_with_the_image_follows_in_place(world: Scene) -> None:
    endpoint = world.given(count(1)).settles()
    with world.records_calls() as calls:
        endpoint.edit(count(2), version(2)).settles()
    assert calls.that_change_anything() == [
        "CreateModel",
        "CreateEndpointConfig",
        "UpdateEndpoint",
        "UpdateEndpointWeightsAndCapacities",
    ]
    assert world.sagemaker.counts(endpoint.sagemaker_name) == {VARIANT: 2}


def test_a_count_changed_by_hand_in_aws_is_put_back_without_another_fleet(world: Scene) -> None:
    endpoint = world.given(count(1)).settles()
    wanted = [{"VariantName": VARIANT, "DesiredInstanceCount": 4}]
    with world.records_calls() as calls:
        world.boto3("sagemaker").update_endpoint_weights_and_capacities(
            EndpointName=endpoint.sagemaker_name, DesiredWeightsAndCapacities=wanted
        )
        world.until(lambda: world.sagemaker.counts(endpoint.sagemaker_name) == {VARIANT: 1}, "one instance again")
        endpoint.settles()
    assert calls.that_change_anything() == ["UpdateEndpointWeightsAndCapacities"]


def test_an_edit_while_sagemaker_is_at_work_waits_and_then_happens(world: Scene) -> None:
    endpoint = world.given_held()
    endpoint.is_in("Creating")
    endpoint.edit(version(2))
    sentence = endpoint.reconciles("Creating")
    assert "follows when that is done" in sentence
    world.ends_transition(endpoint)
    endpoint.settles()
    config = world.sagemaker.config(str(endpoint.status["endpoint"]["configName"]))
    assert world.sagemaker.model(config["ProductionVariants"][0]["ModelName"])["PrimaryContainer"]["Image"].endswith(
        ":2"
    )
