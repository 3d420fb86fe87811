"""What a plan cannot be made for: exit code 1, a sentence, and what to do."""

import json
from pathlib import Path

import pytest

from tests.cli.people import Person
from tests.cli.scene import ROLE, Scene


def test_what_the_api_server_refuses_is_printed_in_its_words(scene: Scene) -> None:
    planned = scene.plan(scene.manifest(mode="Telepathic"))
    assert planned.code == 1
    assert planned.out == ""
    assert f"{scene.object} cannot be applied" in planned.err
    assert "spec.mode" in planned.err
    assert "Telepathic" in planned.err


def test_a_misspelt_field_is_refused_as_apply_refuses_it(scene: Scene) -> None:
    planned = scene.plan(scene.manifest(instanse={"type": "ml.m5.large"}))
    assert planned.code == 1
    assert "spec.instanse" in planned.err


def test_a_refused_object_does_not_hide_the_plan_of_another(scene: Scene) -> None:
    wrong = scene.manifest(mode="Telepathic")
    wrong["metadata"]["name"] = "wrong"
    planned = scene.plan([wrong, scene.manifest()], "-o", "json")
    assert planned.code == 1
    assert [document["object"] for document in planned.document] == [scene.object]
    assert f"{scene.namespace}/wrong cannot be applied" in planned.err


def test_a_field_that_is_not_supported_yet_is_named_and_plans_no_call(scene: Scene) -> None:
    models = {"s3Prefix": "s3://models/all/"}
    package = {"modelPackageArn": "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/1"}
    planned = scene.plan(scene.manifest(mode="MultiModel", multiModel=models, containers=[package]), "-o", "json")
    assert planned.code == 1
    assert planned.document["calls"] == []
    assert planned.document["situation"] == "UserFault"
    assert "modelPackageArn with mode MultiModel is not supported by this release" in planned.document["because"]


def test_an_artifact_that_is_not_there_is_named_and_plans_no_call(scene: Scene) -> None:
    container = {**scene.manifest()["spec"]["containers"][0], "modelData": {"s3Uri": "s3://no-such-bucket/m.tar.gz"}}
    planned = scene.plan(scene.manifest(containers=[container]))
    assert planned.code == 1
    assert "no calls: ArtifactNotFound" in planned.out
    assert "there is no bucket no-such-bucket" in planned.out


def test_a_namespace_that_is_not_there_is_said_with_the_remedy(scene: Scene) -> None:
    manifest = scene.manifest()
    manifest["metadata"]["namespace"] = "nowhere"
    planned = scene.plan(manifest)
    assert planned.code == 1
    assert 'namespaces "nowhere" not found; make it first' in planned.err


def test_a_role_is_taken_from_the_flag_and_its_absence_names_the_flag(scene: Scene) -> None:
    without = scene.manifest(executionRoleArn=None)
    missing = scene.plan(without)
    assert missing.code == 1
    assert "ExecutionRoleMissing" in missing.out
    assert "--default-execution-role-arn" in missing.err
    given = scene.plan(without, "--default-execution-role-arn", ROLE, "-o", "json")
    assert given.code == 2
    assert given.document["calls"][0]["request"]["ExecutionRoleArn"] == ROLE


def test_fields_that_somebody_else_holds_are_a_conflict_unless_forced(scene: Scene) -> None:
    scene.world.kubectl.apply(json.dumps(scene.manifest()))
    scaled = {**scene.manifest(), "spec": {"instance": {"type": "ml.m5.large", "count": 3}}}
    server_side = ("apply", "--server-side", "--force-conflicts", "--field-manager=scaler", "-f", "-")
    scene.world.kubectl(*server_side, stdin=json.dumps(scaled))
    scene.settles()
    back = scene.manifest(instance={"type": "ml.m5.large", "count": 1})
    refused = scene.plan(back)
    assert refused.code == 1
    assert '"scaler"' in refused.err
    assert "--force-conflicts" in refused.err
    forced = scene.plan(back, "--force-conflicts", "-o", "json")
    assert [call["operation"] for call in forced.document["calls"]] == ["UpdateEndpointWeightsAndCapacities"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: ConfigMap\nmetadata: {name: other}\n", "holds no InferenceEndpoint"),
        ("just words", "no Kubernetes object"),
        ("a: [", "neither YAML nor JSON"),
        ("apiVersion: inference.endpoint-operator.dev/v1alpha1\nkind: InferenceEndpoint\n", "without metadata.name"),
        (
            "apiVersion: inference.endpoint-operator.dev/v9\nkind: InferenceEndpoint\nmetadata: {name: late}\n",
            "this release plans inference.endpoint-operator.dev/v1alpha1",
        ),
    ],
)
def test_a_file_that_holds_nothing_to_plan_is_said_in_a_sentence(scene: Scene, text: str, said: str) -> None:
    planned = scene.program("plan", "-f", "-", stdin=text)
    assert planned.code == 1
    assert said in planned.err


def test_without_aws_credentials_the_remedy_is_the_callers(scene: Scene) -> None:
    program = scene.program.having(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    planned = program("plan", "-f", "-", stdin=json.dumps(scene.manifest()))
    assert planned.code == 1
    assert "there are no AWS credentials; set AWS_PROFILE" in planned.err
    assert "service account" not in planned.err


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}, "no AWS region"),
        ({"AWS_PROFILE": "nobody"}, "profile (nobody) could not be found"),
    ],
)
def test_an_aws_configuration_that_cannot_be_used_is_one_sentence(
    scene: Scene, variables: dict[str, str], said: str
) -> None:
    planned = scene.program.having(**variables)("plan", "-f", "-", stdin=json.dumps(scene.manifest()))
    assert planned.code == 1
    assert said in planned.err
    assert len(planned.err.splitlines()) == 1


def test_who_may_not_read_kube_system_is_told_of_cluster_id(scene: Scene, tmp_path: Path) -> None:
    person = Person.who_may(
        scene.world, namespace=scene.namespace, verbs=["get", "create", "patch"], directory=tmp_path
    )
    manifest = json.dumps(scene.manifest())
    refused = person.program("plan", "-f", "-", stdin=manifest)
    assert refused.code == 1
    assert "kube-system cannot be read" in refused.err
    given = person.program("plan", "-f", "-", "--cluster-id", "mine", "-o", "json", stdin=manifest)
    assert given.code == 2
    tags = {tag["Key"]: tag["Value"] for tag in given.document["calls"][0]["request"]["Tags"]}
    assert tags["inference.endpoint-operator.dev/cluster"] == "mine"
