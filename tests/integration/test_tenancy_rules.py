"""Two namespaces under a tenancy file: each uses what its rule lists, and nothing else by any field."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devworld.environment import ACCOUNT, REGION
from devworld.recipes import EXECUTION_ROLE
from tests.integration.vocabulary.elsewhere import OTHER_ACCOUNT, Elsewhere, trusting
from tests.integration.vocabulary.model import Model
from tests.integration.vocabulary.recorded_calls import RecordedCalls
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import BUCKET
from tests.integration.vocabulary.specs import FAST_IMAGE, REGISTRY, count, field, image, role

API_VERSION = "tenancy.inference.endpoint-operator.dev/v1alpha1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/theirs"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:theirs"


class Tenancy:
    """The file that the operator reads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rules: dict[str, dict[str, Any]] = {}
        self.write()

    def allow(self, world: Scene, **lists: list[str]) -> None:
        """The rule of the test's namespace, in place of one that it had."""
        self._rules[world.namespace] = {"namespaces": [world.namespace], **lists}
        self.write()

    def forbid(self, world: Scene) -> None:
        """There is no rule for the namespace any more."""
        del self._rules[world.namespace]
        self.write()

    def write(self) -> None:
        written = self.path.with_suffix(".new")
        written.write_text(json.dumps({"apiVersion": API_VERSION, "rules": [*self._rules.values()]}))
        written.replace(self.path)

    def spoil(self) -> None:
        self.path.write_text("rules: [")


@pytest.fixture
def tenancy(world: Scene, tmp_path: Path) -> Iterator[Tenancy]:
    """An operator with a tenancy file in which the test's namespace has what its smallest endpoint needs."""
    file = Tenancy(tmp_path / "tenancy.yaml")
    file.allow(world, **usual(world))
    with world.operator.started_with({"--tenancy-file": str(file.path)}):
        yield file


def usual(world: Scene, **more: list[str]) -> dict[str, list[str]]:
    return {
        "executionRoleArns": [EXECUTION_ROLE],
        "s3Prefixes": [f"s3://{BUCKET}/$(namespace)/"],
        "imageRegistries": [f"{REGISTRY}/sim-null:*"],
        "endpointNames": [f"{world.namespace}-*"],
        **more,
    }


def container(**members: Any) -> dict[str, Any]:
    return {"containers": [{"image": FAST_IMAGE, **members}]}


def overriding(**members: Any) -> dict[str, Any]:
    return {"instance": {"type": "ml.m5.large", "overrides": members}}


def shap(uri: str) -> dict[str, Any]:
    baseline = {"ShapConfig": {"ShapBaselineConfig": {"ShapBaselineUri": uri}}}
    return {"overrides": {"endpointConfig": {"ExplainerConfig": {"ClarifyExplainerConfig": baseline}}}}


def in_registry(provider: str) -> dict[str, Any]:
    auth = {"RepositoryCredentialsProviderArn": provider}
    return {"ImageConfig": {"RepositoryAccessMode": "Vpc", "RepositoryAuthConfig": auth}}


def asynchronous(**members: Any) -> dict[str, Any]:
    return {"mode": "Async", "async": {"outputS3Uri": "s3://theirs/answers", **members}}


def captured(uri: str) -> dict[str, Any]:
    return {"dataCapture": {"s3Uri": uri, "samplingPercent": 1, "capture": ["Input"]}}


MODEL_PACKAGE = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/theirs/1"
# A spec that reaches for what is not in the rule, and the field that the sentence begins with.
ATTACKS: dict[str, tuple[dict[str, Any], str]] = {
    "role": (role(f"arn:aws:iam::{ACCOUNT}:role/theirs"), "spec.executionRoleArn"),
    "assumed": (field(assumeRoleArn=f"arn:aws:iam::{ACCOUNT}:role/theirs"), "spec.assumeRoleArn"),
    "foreign": (field(assumeRoleArn=f"arn:aws:iam::{OTHER_ACCOUNT}:role/theirs"), "spec.assumeRoleArn"),
    "name": (field(endpointName="theirs"), "spec.endpointName"),
    "adopted": (field(endpointName="theirs", adoptionPolicy="TakeOver"), "spec.endpointName"),
    "image": (image(f"{REGISTRY}/theirs:1"), "spec.containers[0].image"),
    "archive": (container(modelData={"s3Uri": "s3://theirs/m.tar.gz"}), "spec.containers[0].modelData.s3Uri"),
    "prefix": (
        container(modelData={"s3Uri": "s3://theirs/m/", "compression": "None"}),
        "spec.containers[0].modelData.s3Uri",
    ),
    "package": ({"containers": [{"modelPackageArn": MODEL_PACKAGE}]}, "spec.containers[0].modelPackageArn"),
    "key": (field(kmsKeyId=KEY), "spec.kmsKeyId"),
    "alias": (field(kmsKeyId="alias/theirs"), "spec.kmsKeyId"),
    "subnet": (
        field(network={"subnetIds": ["subnet-theirs"], "securityGroupIds": ["sg-theirs"]}),
        "spec.network.subnetIds",
    ),
    "answers": (asynchronous(), "spec.async.outputS3Uri"),
    "topic": (asynchronous(outputS3Uri="s3://own/", successTopicArn=TOPIC), "spec.async."),
    "capture": (captured("s3://theirs/capture"), "spec.dataCapture.s3Uri"),
    "dump": (
        overriding(CoreDumpConfig={"DestinationS3Uri": "s3://theirs/dumps"}),
        "spec.instance.overrides.CoreDumpConfig.DestinationS3Uri",
    ),
    "baseline": (shap("s3://theirs/baseline.csv"), "spec.overrides.endpointConfig.ExplainerConfig."),
    "by-https": (
        shap(f"https://theirs.s3.{REGION}.amazonaws.com/baseline.csv"),
        "spec.overrides.endpointConfig.ExplainerConfig.",
    ),
    "registry": (
        container(overrides=in_registry(f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:theirs")),
        "spec.containers[0].overrides.ImageConfig.",
    ),
    "alarm": (field(rollout={"alarms": [{"name": "theirs"}]}), "spec.rollout.alarms[0].name"),
    "dots": (
        container(modelData={"s3Uri": f"s3://{BUCKET}/NAMESPACE/../theirs/m.tar.gz"}),
        "spec.containers[0].modelData.s3Uri",
    ),
}
# Members that no field of this API hides behind: refused for their own sake, with and without rules.
OVERRIDDEN: dict[str, dict[str, Any]] = {
    "role": field(overrides={"model": {"ExecutionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/theirs"}}),
    "image": container(overrides={"Image": f"{REGISTRY}/theirs:1"}),
    "archive": container(overrides={"ModelDataUrl": "s3://theirs/m.tar.gz"}),
    "more-data": container(
        overrides={
            "AdditionalModelDataSources": [
                {
                    "ChannelName": "a",
                    "S3DataSource": {
                        "S3Uri": "s3://theirs/a/",
                        "S3DataType": "S3Prefix",
                        "CompressionType": "None",
                    },
                }
            ]
        }
    ),
    "package": container(overrides={"ModelPackageName": MODEL_PACKAGE}),
    "async": field(overrides={"endpointConfig": {"AsyncInferenceConfig": {"OutputConfig": {"KmsKeyId": KEY}}}}),
    "config-role": field(overrides={"endpointConfig": {"ExecutionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/theirs"}}),
    "subnets": field(overrides={"model": {"VpcConfig": {"Subnets": ["subnet-theirs"], "SecurityGroupIds": ["sg"]}}}),
    "name": field(overrides={"endpoint": {"EndpointName": "theirs"}}),
    "key": overriding(CoreDumpConfig={"DestinationS3Uri": "s3://own/", "KmsKeyId": KEY}),
}


def touched(calls: RecordedCalls, *things: str) -> list[tuple[str, str]]:
    rows = [(row["operation"], row["resource"] or "") for row in calls.of_operator()]
    return [row for row in rows if any(thing in row[1] for thing in things)]


def for_namespace(world: Scene, spec: dict[str, Any]) -> dict[str, Any]:
    changed: dict[str, Any] = json.loads(json.dumps(spec).replace("NAMESPACE", world.namespace))
    return changed


def test_a_namespace_uses_what_its_rule_lists(world: Scene, tenancy: Tenancy) -> None:
    artifact = world.shared.put_artifact(f"{world.namespace}/model.tar.gz", b"a model")
    name = {"endpointName": f"{world.namespace}-chosen"}
    world.given({**container(modelData={"s3Uri": artifact}), **name}).settles()
    assert world.sagemaker.endpoints() == [f"{world.namespace}-chosen"]


def test_whatever_reaches_for_more_is_stalled_and_neither_looked_at_nor_made(world: Scene, tenancy: Tenancy) -> None:
    calls = world.calls_from_now()
    tries = {name: world.given(for_namespace(world, spec), name=name) for name, (spec, _) in ATTACKS.items()}
    sentences = {name: each.stalls("NotAllowed") for name, each in tries.items()}
    wrong = {name: sentences[name] for name, (_, begins) in ATTACKS.items() if not sentences[name].startswith(begins)}
    assert wrong == {}
    for name, sentence in sentences.items():
        if name not in ("dots", "by-https"):
            assert f"namespace {world.namespace} may not use" in sentence
            assert "have an administrator of the operator add it to" in sentence
    assert touched(calls, "theirs") == []
    assert calls.that_change_anything() == []
    assert world.sagemaker.everything() == []
    for each in tries.values():
        each.delete().is_gone()


def test_members_with_a_field_of_their_own_are_no_way_round_the_rules(world: Scene, tenancy: Tenancy) -> None:
    calls = world.calls_from_now()
    tries = {name: world.given(spec, name=name) for name, spec in OVERRIDDEN.items()}
    for each in tries.values():
        each.stalls("OverrideNotAllowed")
    assert touched(calls, "theirs") == []
    assert world.sagemaker.everything() == []


def test_a_namespace_that_no_rule_names_uses_nothing_not_even_the_defaults(world: Scene, tenancy: Tenancy) -> None:
    stranger = Scene(world.shared, namespace=f"x{world.namespace}")
    endpoint = stranger.given()
    sentence = endpoint.stalls("NotAllowed")
    assert "no rule of the tenancy file is about this namespace" in sentence
    assert stranger.sagemaker.everything() == []
    tenancy.allow(stranger, **usual(stranger))
    endpoint.settles()


def test_what_runs_is_left_when_its_rule_goes_and_is_ready_again_when_it_comes_back(
    world: Scene, tenancy: Tenancy
) -> None:
    endpoint = world.given().settles()
    serving = world.sagemaker.endpoint(endpoint.sagemaker_name)
    with world.records_calls() as calls:
        tenancy.forbid(world)
        assert "What runs is left as it is" in endpoint.stalls("NotAllowed")
        world.operator_looks(2)
    assert calls.that_change_anything() == []
    assert world.sagemaker.endpoint(endpoint.sagemaker_name) == serving
    assert endpoint.table_row() == ("False", "False", "True", "True")
    tenancy.allow(world, **usual(world))
    endpoint.settles()
    tenancy.forbid(world)
    endpoint.stalls("NotAllowed")
    endpoint.delete().is_gone()
    assert world.sagemaker.everything() == []


def test_a_broken_file_keeps_the_rules_before_it_and_readiness_and_a_metric_say_so(
    world: Scene, tenancy: Tenancy
) -> None:
    endpoint = world.given().settles()
    in_force = "endpoint_operator_tenancy_file_in_force"
    assert world.operator.metric(in_force) == 1.0
    tenancy.spoil()
    world.until(lambda: world.operator.readiness()[0] == 503, "the operator says that its file is broken")
    assert str(tenancy.path) in world.operator.readiness()[1]
    assert world.operator.metric(in_force) == 0.0
    endpoint.edit(count(2)).settles()
    world.given(role(f"arn:aws:iam::{ACCOUNT}:role/theirs"), name="thief").stalls("NotAllowed")
    tenancy.write()
    world.until(lambda: world.operator.readiness()[0] == 200, "the operator is ready again")


def test_an_operator_without_a_readable_file_does_not_begin(world: Scene, tmp_path: Path) -> None:
    """Else everything would be allowed, or everything stalled."""
    with pytest.raises(Exception, match=r"tenancy file .*missing\.yaml cannot be read"):  # noqa: SIM117
        with world.operator.started_with({"--tenancy-file": str(tmp_path / "missing.yaml")}):
            pass


def test_models_keep_to_the_prefixes_of_their_namespace(world: Scene, tenancy: Tenancy) -> None:
    own = world.shared.put_artifact(f"{world.namespace}/own.tar.gz", b"a model")
    theirs = world.shared.put_artifact("theirs/secret.tar.gz", b"weights")
    prefix = f"s3://{BUCKET}/{world.namespace}/models/"
    multi_model = {**container(), "mode": "MultiModel", "multiModel": {"s3Prefix": prefix}}
    world.given(multi_model, name="tenants").settles()
    calls = world.calls_from_now()
    copied = Model(world, "copied").apply(endpoint="tenants", source=theirs)
    assert copied.stalls("NotAllowed").startswith("spec.source.s3Uri: ")
    warm_up = {"bodyS3Uri": theirs}
    asked = Model(world, "asked").apply(endpoint="tenants", source=own, warmUp=warm_up)
    assert asked.stalls("NotAllowed").startswith("spec.warmUp.bodyS3Uri: ")
    assert touched(calls, "theirs/secret") == []
    Model(world, "own").apply(endpoint="tenants", source=own).settles()


def test_a_model_publishes_nothing_through_an_endpoint_that_may_not_be_made(world: Scene, tenancy: Tenancy) -> None:
    own = world.shared.put_artifact(f"{world.namespace}/own.tar.gz", b"a model")
    prefix = f"s3://{BUCKET}/theirs/{world.namespace}/"
    elsewhere = field(assumeRoleArn=f"arn:aws:iam::{ACCOUNT}:role/theirs")
    multi_model = {**container(), "mode": "MultiModel"}
    inside = {"s3Prefix": f"s3://{BUCKET}/{world.namespace}/models/"}
    endpoints = [
        world.given({**multi_model, "multiModel": {"s3Prefix": prefix}}, name="prefix"),
        world.given({**multi_model, "multiModel": inside}, elsewhere, name="role"),
    ]
    for endpoint in endpoints:
        endpoint.stalls("NotAllowed")
    calls = world.calls_from_now()
    for name in ("prefix", "role"):
        sentence = Model(world, name).apply(endpoint=name, source=own).stalls("NotAllowed")
        assert sentence.startswith("spec.endpointRef.name")
    assert touched(calls, "theirs", world.namespace) == []
    for endpoint in endpoints:  # without the file it would be in order to try the role
        endpoint.delete().is_gone()


def test_a_rule_leads_into_another_account_where_it_names_it(world: Scene, tenancy: Tenancy) -> None:
    place = Elsewhere(world, account=OTHER_ACCOUNT)
    through = place.make_role("operator", trust=trusting(ACCOUNT))
    serving = place.make_execution_role()
    endpoint = world.given(field(assumeRoleArn=through, executionRoleArn=serving))
    assert endpoint.stalls("NotAllowed").startswith("spec.assumeRoleArn: ")
    tenancy.allow(world, **usual(world, assumeRoleArns=["*"], executionRoleArns=["*"], imageRegistries=["*"]))
    world.operator_looks(8)
    assert endpoint.stalls("NotAllowed").startswith("spec.assumeRoleArn: ")
    theirs = f"arn:aws:iam::{OTHER_ACCOUNT}:role/*"
    lists = usual(world, assumeRoleArns=[theirs], executionRoleArns=["*"], imageRegistries=[f"{REGISTRY}/"])
    tenancy.allow(world, **lists)
    endpoint.settles()
    assert place.sagemaker.endpoints() == [endpoint.sagemaker_name]
    endpoint.delete().is_gone()
    assert place.sagemaker.everything() == []
