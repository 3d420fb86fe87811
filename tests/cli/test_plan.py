"""What a plan says is what applying does, and planning changes nothing."""

import json
from typing import Any

import pytest

from devworld import environment
from tests.cli.scene import IMAGE, READS, Scene
from tests.controlplane.deadlines import until

OTHER_LEVEL = [{"image": IMAGE, "environment": [{"name": "LEVEL", "value": "10"}]}]


def test_the_calls_planned_for_a_new_object_are_those_that_the_operator_makes(scene: Scene) -> None:
    planned = scene.plan(scene.manifest(), "-o", "json")
    since = scene.last_call()
    scene.apply(scene.manifest())
    scene.settles()
    assert planned.code == 2
    calls = [(call["operation"], call["name"]) for call in planned.document["calls"]]
    assert [operation for operation, _ in calls] == ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"]
    assert scene.operators_writes(since=since) == calls


def test_the_request_planned_for_a_model_is_the_model_that_is_made(scene: Scene) -> None:
    planned = scene.plan(scene.manifest(), "-o", "json").document["calls"][0]
    scene.apply(scene.manifest())
    scene.settles()
    made = scene.world.boto3("sagemaker").describe_model(ModelName=planned["name"])
    asked = planned["request"]
    assert asked["PrimaryContainer"]["Environment"] == {"LEVEL": "20"}
    assert made["PrimaryContainer"].items() >= asked["PrimaryContainer"].items()
    assert made["ExecutionRoleArn"] == asked["ExecutionRoleArn"]


def test_the_calls_planned_for_an_edit_of_everything_are_those_that_the_operator_makes(scene: Scene) -> None:
    scene.apply(scene.manifest())
    scene.settles()
    edited = scene.manifest(
        containers=OTHER_LEVEL, instance={"type": "ml.m5.large", "count": 3}, tags={"team": "churn"}
    )
    planned = scene.plan(edited, "-o", "json")
    since = scene.last_call()
    scene.apply(edited)
    until(lambda: scene.settles() and _count(scene) == 3, what="three instances", within_seconds=60)
    assert planned.code == 2
    calls = [call["operation"] for call in planned.document["calls"]]
    expected = ["CreateModel", "CreateEndpointConfig", "UpdateEndpoint", "UpdateEndpointWeightsAndCapacities"]
    assert calls == ["SyncTags", *expected]
    assert [operation for operation, _ in scene.operators_writes(since=since)] == ["AddTags", *expected]


def test_an_unchanged_object_plans_nothing_and_exits_0(scene: Scene) -> None:
    scene.apply(scene.manifest())
    scene.settles()
    planned = scene.plan(scene.manifest(), "-o", "json")
    assert (planned.code, planned.document["calls"]) == (0, [])
    assert planned.document["situation"] == "Serving"
    assert "nothing to do" in scene.plan(scene.manifest()).out


@pytest.mark.parametrize("applied_before", [False, True])
def test_a_plan_writes_nothing_anywhere(scene: Scene, *, applied_before: bool) -> None:
    if applied_before:
        scene.apply(scene.manifest(instance={"type": "ml.m5.large", "count": 1}))
        scene.settles()
    log = scene.world.control_plane.audit_log
    if log is None:
        pytest.skip("a cluster of the user's shows no audit log")
    audit, since = scene.audit_from_now(log), scene.last_call()
    assert scene.plan(scene.manifest()).code == 2
    requests = until(audit.requests, what="the dry run in the audit log", within_seconds=10)
    assert all("dryRun=All" in request["requestURI"] for request in requests)
    asked = [call["operation"] for call in scene.calls(since=since, access_key=environment.USER_KEY)]
    assert asked
    assert all(operation.startswith(READS) for operation in asked)
    assert scene.operators_writes(since=since) == []


def test_what_the_file_no_longer_holds_is_planned_to_go_after_a_client_side_apply(scene: Scene) -> None:
    scene.apply(scene.manifest())
    scene.settles()
    planned = scene.plan(scene.manifest(tags=None), "-o", "json")
    assert _planned_tags(planned.document) is None


def test_what_the_file_no_longer_holds_is_planned_to_go_after_a_server_side_apply(scene: Scene) -> None:
    scene.world.kubectl.apply(json.dumps(scene.manifest()))
    scene.settles()
    planned = scene.plan(scene.manifest(tags=None), "-o", "json")
    assert _planned_tags(planned.document) is None


def test_for_people_the_situation_the_sentence_and_each_call_are_shown_in_80_columns(scene: Scene) -> None:
    shown = scene.plan(scene.manifest()).out
    assert f"{scene.object}  Creating  3 calls to make" in shown
    assert f"creating SageMaker endpoint {scene.endpoint}" in shown
    for number, operation in enumerate(("CreateModel", "CreateEndpointConfig", "CreateEndpoint"), start=1):
        assert f"{number}. {operation} {scene.endpoint}" in shown
    assert "PrimaryContainer.Environment.LEVEL: 20" in shown
    assert [line for line in shown.splitlines() if len(line) > 80 and " " in line.strip()] == []


def test_a_file_with_several_objects_is_planned_as_a_list_and_the_highest_exit_code_wins(scene: Scene) -> None:
    other = scene.manifest()
    other["metadata"] = {"name": "ranker", "namespace": scene.namespace}
    scene.apply(scene.manifest())
    scene.settles()
    planned = scene.plan([scene.manifest(), other], "-o", "json")
    assert [document["object"] for document in planned.document] == [scene.object, f"{scene.namespace}/ranker"]
    assert [len(document["calls"]) for document in planned.document] == [0, 3]
    assert planned.code == 2


def test_objects_of_other_kinds_are_named_as_passed_over(scene: Scene) -> None:
    bystander = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "bystander"}}
    planned = scene.plan([bystander, scene.manifest()], "-o", "json")
    assert (planned.code, planned.document["object"]) == (2, scene.object)
    assert "ConfigMap bystander" in planned.err


def test_the_namespace_is_that_of_the_flag_where_the_file_names_none(scene: Scene) -> None:
    manifest = scene.manifest()
    del manifest["metadata"]["namespace"]
    assert scene.plan(manifest, "-n", scene.namespace, "-o", "json").document["object"] == scene.object


def test_while_sagemaker_is_at_work_no_calls_are_planned_and_the_queue_is_told(scene: Scene) -> None:
    scene.apply(scene.manifest())
    scene.settles()
    scene.world.simulator.next(scene.endpoint, result="InService", seconds=60_000)
    scene.apply(scene.manifest(containers=OTHER_LEVEL))
    until(lambda: _status(scene) == "Updating", what="the update under way", within_seconds=90)
    planned = scene.plan(scene.manifest(redeploy="again"), "-o", "json")
    scene.world.simulator.advance(seconds=60_000)
    assert (planned.code, planned.document["calls"]) == (0, [])
    assert "follows when that is done" in planned.document["because"]


def _planned_tags(document: dict[str, Any]) -> str | None:
    (sync,) = document["calls"]
    assert sync["operation"] == "SyncTags"
    team: str | None = sync["tags"].get("team")
    return team


def _status(scene: Scene) -> str:
    return str(_described(scene)["EndpointStatus"])


def _count(scene: Scene) -> int:
    return int(_described(scene)["ProductionVariants"][0]["CurrentInstanceCount"])


def _described(scene: Scene) -> dict[str, Any]:
    answer: dict[str, Any] = scene.world.boto3("sagemaker").describe_endpoint(EndpointName=scene.endpoint)
    return answer
