"""Revisions: made once, found again, kept as long as the spec says, and never made by the operator's own doing."""

from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import field, version


def test_rule_01_reverting_an_edit_returns_to_the_revision_that_is_already_there(world: Scene) -> None:
    endpoint = world.given(version(1)).settles()
    first = endpoint.revision
    endpoint.edit(version(2)).settles()
    before = world.sagemaker.everything()
    with world.records_calls() as calls:
        endpoint.edit(version(1)).settles()
    assert endpoint.revision == first
    assert world.sagemaker.everything() == before
    made = [row for row in calls.all() if row["operation"].startswith("Create") and row["status"] == 200]
    assert made == []
    assert calls.count("UpdateEndpoint") == 1


def test_old_revisions_go_beyond_what_the_spec_keeps_and_the_last_that_served_stays(world: Scene) -> None:
    endpoint = world.given(version(1), field(revisionHistoryLimit=1)).settles()
    revisions = [endpoint.revision]
    for tag in (2, 3, 4):
        endpoint.edit(version(tag)).settles()
        revisions.append(endpoint.revision)
    kept = [f"{endpoint.sagemaker_name}-{revision}" for revision in revisions[1:]]
    world.until(lambda: world.sagemaker.configs() == sorted(kept), "one revision besides the last two")
    world.until(lambda: world.sagemaker.models() == sorted(kept), "their models, which go after their configs")
    world.until(lambda: list(endpoint.revisions()) == revisions[1:], "three rows in status")
    assert list(endpoint.revisions().values()) == ["Superseded", "Superseded", "Active"]
    assert endpoint.tells("RevisionRemoved").message.startswith(f"endpoint config {endpoint.sagemaker_name}-")


def test_a_history_of_nothing_still_keeps_the_revision_to_go_back_to(world: Scene) -> None:
    endpoint = world.given(version(1), field(revisionHistoryLimit=0)).settles()
    endpoint.edit(version(2)).settles()
    second = endpoint.revision
    endpoint.edit(version(3)).settles()
    kept = sorted(f"{endpoint.sagemaker_name}-{revision}" for revision in (second, endpoint.revision))
    world.until(lambda: world.sagemaker.configs() == kept, "two revisions")


def test_a_new_word_in_redeploy_rolls_out_the_same_spec_once(world: Scene) -> None:
    endpoint = world.given(field(redeploy="monday")).settles()
    with world.records_calls() as calls:
        endpoint.edit(field(redeploy="tuesday")).settles()
    assert calls.that_change_anything() == ["CreateModel", "CreateEndpointConfig", "UpdateEndpoint"]


def test_rule_12_another_default_role_of_the_operator_rolls_no_fleet_until_the_spec_changes(world: Scene) -> None:
    other_role = world.shared.make_role(world.namespace)
    endpoint = world.given().settles()
    usual = world.sagemaker.model(world.sagemaker.models()[0])["ExecutionRoleArn"]
    with world.operator.started_with({"--default-execution-role-arn": other_role}):
        with world.records_calls() as calls:
            world.operator_looks(3)
            endpoint.ask_to_look("now")
            world.operator_looks(1)
        assert calls.that_change_anything() == []
        endpoint.edit(version(2)).settles()
        config = str(endpoint.status["endpoint"]["configName"])
        assert world.sagemaker.model(config)["ExecutionRoleArn"] == other_role
    assert usual != other_role
    assert endpoint.settles().table_row() == ("True", "False", "False", "True")
