"""Two namespaces of one cluster, without a tenancy file: none reaches what is the other's, by any field."""

from typing import Any

import pytest
from kubernetes.client.exceptions import ApiException

from devworld.environment import ACCOUNT, REGION
from devworld.recipes import EXECUTION_ROLE
from tests.controlplane.kubectl import KubectlError
from tests.integration.vocabulary.elsewhere import OTHER_ACCOUNT, Elsewhere, trusting
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.model import Model
from tests.integration.vocabulary.recorded_calls import RecordedCalls
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.specs import FAST_IMAGE, count, field, image

GROUP = "inference.endpoint-operator.dev"
NIGHTLY = {
    "minCount": 1,
    "maxCount": 2,
    "schedules": [{"name": "night", "schedule": "cron(0 20 * * ? *)", "minCount": 1, "maxCount": 1}],
}
WARM_UP = {"contentType": "application/json", "body": "{}"}


@pytest.fixture
def attacker(world: Scene) -> Scene:
    """The other namespace; `world` is the one that it wants something of. Each has a bucket."""
    other = Scene(world.shared, namespace=f"x{world.namespace}")
    for scene in (world, other):
        world.boto3("s3").create_bucket(Bucket=bucket_of(scene))
    return other


def bucket_of(scene: Scene) -> str:
    """None is part of another one's name."""
    return f"models-{scene.namespace}"


def prefix_of(scene: Scene) -> str:
    return f"s3://{bucket_of(scene)}/mme/models/"


def put(scene: Scene, key: str) -> str:
    """The URI of a new object in its bucket."""
    scene.boto3("s3").put_object(Bucket=bucket_of(scene), Key=key, Body=b"weights")
    return f"s3://{bucket_of(scene)}/{key}"


def multi_model(prefix: str, **members: Any) -> dict[str, Any]:
    return {
        "mode": "MultiModel",
        "containers": [{"image": FAST_IMAGE}],
        "multiModel": {"s3Prefix": prefix},
        "instance": {"type": "ml.m5.large", "count": 1},
        **members,
    }


def given_tenants(scene: Scene) -> Endpoint:
    return scene.given_spec(multi_model(prefix_of(scene)), name="tenants").settles()


def touched(calls: RecordedCalls, *things: str) -> list[tuple[str, str]]:
    """What the operator asked or did about anything whose name has one of these in it."""
    rows = [(row["operation"], row["resource"] or "") for row in calls.of_operator()]
    return [row for row in rows if any(thing in row[1] for thing in things)]


@pytest.mark.parametrize("policy", ["Never", "AdoptOrCreate", "TakeOver"])
def test_no_policy_takes_an_endpoint_from_another_namespace(world: Scene, attacker: Scene, policy: str) -> None:
    victim = world.given().settles()
    tags = world.sagemaker.tags(victim.sagemaker_name)
    with world.records_calls() as calls:
        wanted = field(endpointName=victim.sagemaker_name, adoptionPolicy=policy, autoscaling=NIGHTLY)
        thief = attacker.given(wanted, name="thief")
        sentence = thief.stalls("NameTaken")
        thief.delete().is_gone()
        world.operator_looks(1)
    assert f"belongs to the object {victim.object_name}" in sentence
    assert "TakeOver once" not in sentence
    assert calls.that_change_anything() == []
    assert world.sagemaker.tags(victim.sagemaker_name) == tags
    assert victim.table_row() == ("True", "False", "False", "True")


def test_in_one_namespace_an_endpoint_may_still_be_taken_over(world: Scene) -> None:
    first = world.given(name="first").settles()
    first.edit(field(deletionPolicy="Retain")).settles()
    first.delete().is_gone()
    second = world.given(field(endpointName=first.sagemaker_name, adoptionPolicy="TakeOver"), name="second").settles()
    assert world.sagemaker.tags(first.sagemaker_name)[f"{GROUP}/object"] == second.object_name


def test_two_namespaces_never_come_to_one_endpoint_by_default(world: Scene) -> None:
    """NAMESPACE-NAME, joined by what both may hold."""
    neighbour = Scene(world.shared, namespace=f"{world.namespace}-a")
    one, other = world.given(name="a-churn").settles(), neighbour.given(name="churn").settles()
    names = {each.status["endpoint"]["name"] for each in (one, other)}
    assert len(names) == len(world.sagemaker.endpoints()) == 2


@pytest.mark.parametrize("theirs", ["the same", "above", "below"])
def test_two_namespaces_never_have_their_models_in_one_place(world: Scene, attacker: Scene, theirs: str) -> None:
    given_tenants(world)
    mine = prefix_of(world)
    prefix = {"the same": mine, "above": f"s3://{bucket_of(world)}/mme/", "below": f"{mine}deeper/"}[theirs]
    calls = world.calls_from_now()
    thief = attacker.given_spec(multi_model(prefix), name="thief")
    sentence = thief.stalls("NotAllowed")
    assert sentence.startswith("spec.multiModel.s3Prefix: ")
    assert f"{world.namespace}/tenants" in sentence
    assert attacker.sagemaker.everything() == []
    assert touched(calls, bucket_of(world)) == []


def test_an_edit_of_an_older_endpoint_takes_no_prefix_away_and_neither_does_a_restart(
    world: Scene, attacker: Scene
) -> None:
    old = attacker.given_spec(multi_model(prefix_of(attacker)), name="old").settles()
    serving = attacker.sagemaker.endpoint(old.sagemaker_name)
    victim = given_tenants(world)
    old.edit(field(multiModel={"s3Prefix": prefix_of(world)}))
    assert "What runs is left as it is" in old.stalls("NotAllowed")
    world.operator.restart()
    victim.edit(count(2)).settles()
    assert old.table_row() == ("False", "False", "True", "True")
    assert attacker.sagemaker.endpoint(old.sagemaker_name) == serving
    old.edit(field(multiModel={"s3Prefix": prefix_of(attacker)})).settles()


def test_a_prefix_that_its_endpoint_lets_go_of_is_free(world: Scene, attacker: Scene) -> None:
    victim = given_tenants(world)
    waits = attacker.given_spec(multi_model(prefix_of(world)), name="waits")
    waits.stalls("NotAllowed")
    victim.delete().is_gone()
    waits.ask_to_look("it is free")
    waits.settles()


@pytest.mark.parametrize("source", ["one model", "all models", "what is above"])
def test_no_model_is_copied_from_another_namespaces_endpoint(world: Scene, attacker: Scene, source: str) -> None:
    given_tenants(world)
    put(world, "mme/models/secret.tar.gz")
    given_tenants(attacker)
    above = f"s3://{bucket_of(world)}/mme/"
    uri = {"one model": f"{prefix_of(world)}secret.tar.gz", "all models": prefix_of(world), "what is above": above}
    with world.records_calls() as calls:
        sentence = Model(attacker, "copied").apply(endpoint="tenants", source=uri[source]).stalls("NotAllowed")
    assert sentence.startswith("spec.source.s3Uri: ")
    assert touched(calls, bucket_of(world)) == []


def test_no_endpoint_reads_its_model_from_another_namespaces_endpoint(world: Scene, attacker: Scene) -> None:
    given_tenants(world)
    uri = put(world, "mme/models/secret.tar.gz")
    for name, data in {"one": {"s3Uri": uri}, "all": {"s3Uri": prefix_of(world), "compression": "None"}}.items():
        thief = attacker.given(field(containers=[{"image": FAST_IMAGE, "modelData": data}]), name=name)
        assert thief.stalls("NotAllowed").startswith("spec.containers[0].modelData.s3Uri: ")
    assert attacker.sagemaker.everything() == []


def written(prefix: str) -> dict[str, tuple[dict[str, Any], str]]:
    """Specs that have SageMaker write there, and the field that is told of."""
    dump = {"CoreDumpConfig": {"DestinationS3Uri": prefix}}
    answers = {"mode": "Async", "async": {"outputS3Uri": prefix}}
    failures = {"mode": "Async", "async": {"outputS3Uri": "s3://own/answers", "failureS3Uri": prefix}}
    return {
        "answers": (answers, "spec.async.outputS3Uri"),
        "failures": (failures, "spec.async.failureS3Uri"),
        "capture": (
            field(dataCapture={"s3Uri": prefix, "samplingPercent": 1, "capture": ["Input"]}),
            "spec.dataCapture.s3Uri",
        ),
        "dumps": (
            {"instance": {"type": "ml.m5.large", "overrides": dump}},
            "spec.instance.overrides.CoreDumpConfig.DestinationS3Uri",
        ),
    }


@pytest.mark.parametrize("below", ["", "deeper/", "deeper"])
def test_nothing_is_written_among_another_namespaces_models(world: Scene, attacker: Scene, below: str) -> None:
    """A destination is a folder with and without its slash."""
    given_tenants(world)
    places = {"below": f"{prefix_of(world)}{below}", "bare": prefix_of(world).removesuffix("/")}
    for place, prefix in places.items():
        for name, (spec, its_field) in written(prefix).items():
            thief = attacker.given(spec, name=f"{place}-{name}")
            assert thief.stalls("NotAllowed").startswith(f"{its_field}: ")
    assert attacker.sagemaker.everything() == []


def test_no_other_spelling_of_a_bucket_hides_whose_it_is(world: Scene, attacker: Scene) -> None:
    given_tenants(world)
    put(world, "mme/models/secret.csv")
    uri = f"https://{bucket_of(world)}.s3.{REGION}.amazonaws.com/mme/models/secret.csv"
    baseline = {"ShapConfig": {"ShapBaselineConfig": {"ShapBaselineUri": uri}}}
    explained = field(overrides={"endpointConfig": {"ExplainerConfig": {"ClarifyExplainerConfig": baseline}}})
    assert "write it as s3://BUCKET/KEY" in attacker.given(explained, name="thief").stalls("NotAllowed")
    assert attacker.sagemaker.everything() == []


def test_a_warm_up_never_sends_what_another_namespace_has(world: Scene, attacker: Scene) -> None:
    """Also where the body became another one after the model was warm."""
    given_tenants(world)
    secret = put(world, "mme/models/secret.tar.gz")
    given_tenants(attacker)
    own = put(attacker, "own.tar.gz")
    model = Model(attacker, "curious")
    model.apply(endpoint="tenants", source=own, warmUp={**WARM_UP, "intervalSeconds": 10}).settles()
    calls = world.calls_from_now()
    reading = {"contentType": "application/json", "bodyS3Uri": secret, "intervalSeconds": 10}
    model.apply(endpoint="tenants", source=own, warmUp=reading)
    assert model.stalls("NotAllowed").startswith("spec.warmUp.bodyS3Uri: ")
    world.operator_looks(12)  # more than an interval of warm-ups
    assert touched(calls, bucket_of(world)) == []


def test_a_model_belongs_to_an_endpoint_of_its_own_namespace(world: Scene, attacker: Scene) -> None:
    given_tenants(world)
    own = put(attacker, "own.tar.gz")
    with pytest.raises(KubectlError, match=r"spec\.endpointRef\.name"):
        Model(attacker, "guest").apply(endpoint=f"{world.namespace}/tenants", source=own)
    Model(attacker, "guest").apply(endpoint="tenants", source=own).reconciles("EndpointNotFound")


def test_an_endpoint_that_is_not_its_own_is_not_asked_for_a_model_either(world: Scene, attacker: Scene) -> None:
    """A multi-model object under a stolen name, with a place of its own for models that nobody has to load."""
    victim = given_tenants(world)
    thief = attacker.given_spec(multi_model(prefix_of(attacker), endpointName=victim.sagemaker_name), name="tenants")
    thief.stalls("NameTaken")
    own = put(attacker, "own.tar.gz")
    calls = world.calls_from_now()
    Model(attacker, "asks").apply(endpoint="tenants", source=own, warmUp=WARM_UP)
    world.operator_looks(6)
    assert [row for row in touched(calls, victim.sagemaker_name) if row[0].startswith("Invoke")] == []


@pytest.mark.parametrize("target", ["../models/x.tar.gz", "a/../../models/x.tar.gz", "./x.tar.gz"])
def test_a_target_leads_nowhere_else(world: Scene, attacker: Scene, target: str) -> None:
    given_tenants(attacker)
    own = put(attacker, "own.tar.gz")
    with world.records_calls() as calls:
        model = Model(attacker, "climbs").apply(endpoint="tenants", source=own, targetModel=target)
        assert model.stalls("NotAllowed").startswith("spec.targetModel: ")
    assert touched(calls, bucket_of(attacker)) == []


OTHERS = {
    "role": field(executionRoleArn=f"arn:aws:iam::{OTHER_ACCOUNT}:role/of-others"),
    "image": image(f"{OTHER_ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/sim-null:1"),
    "key": field(kmsKeyId=f"arn:aws:kms:{REGION}:{OTHER_ACCOUNT}:key/of-others"),
    "package": field(
        containers=[{"modelPackageArn": f"arn:aws:sagemaker:{REGION}:{OTHER_ACCOUNT}:model-package/of-others/1"}]
    ),
    "access point": field(
        containers=[
            {
                "image": FAST_IMAGE,
                "modelData": {"s3Uri": f"s3://arn:aws:s3:{REGION}:{OTHER_ACCOUNT}:accesspoint:of-others/m.tar.gz"},
            }
        ]
    ),
    "credentials of a registry": field(
        containers=[
            {
                "image": FAST_IMAGE,
                "overrides": {
                    "ImageConfig": {
                        "RepositoryAccessMode": "Vpc",
                        "RepositoryAuthConfig": {
                            "RepositoryCredentialsProviderArn": (
                                f"arn:aws:lambda:{REGION}:{OTHER_ACCOUNT}:function:of-others"
                            )
                        },
                    }
                },
            }
        ]
    ),
}


@pytest.mark.parametrize("what", OTHERS)
def test_nothing_of_another_account_is_used_without_a_rule(world: Scene, what: str) -> None:
    with world.records_calls() as calls:
        sentence = world.given(OTHERS[what]).stalls("NotAllowed")
    assert OTHER_ACCOUNT in sentence
    assert "--tenancy-file" in sentence
    assert world.sagemaker.everything() == []
    assert touched(calls, "of-others", OTHER_ACCOUNT) == []


def test_no_role_of_another_account_is_assumed_without_a_rule_though_it_trusts_the_operator(world: Scene) -> None:
    place = Elsewhere(world, account=OTHER_ACCOUNT)
    role = place.make_role("operator", trust=trusting(ACCOUNT))
    with world.records_calls() as calls:
        endpoint = world.given(field(assumeRoleArn=role, executionRoleArn=place.make_execution_role()))
        assert endpoint.stalls("NotAllowed").startswith("spec.assumeRoleArn: ")
        endpoint.delete().is_gone()
    assert "AssumeRole" not in {row["operation"] for row in calls.of_operator() if role in str(row["resource"])}
    assert place.sagemaker.everything() == []


def test_a_role_of_the_own_account_needs_no_rule(world: Scene) -> None:
    role = Elsewhere(world).make_role("operator", trust=trusting(ACCOUNT))
    world.given(field(assumeRoleArn=role, executionRoleArn=EXECUTION_ROLE)).settles()


@pytest.mark.parametrize("key", [f"{GROUP}/object", f"{GROUP}/managed-by", "aws:owner"])
def test_no_tag_of_a_user_claims_ownership(world: Scene, key: str) -> None:
    with pytest.raises(ApiException, match=r"keys of tags .* begin neither with aws: nor with"):
        world.given(field(tags={key: "another/churn"}))


@pytest.mark.parametrize("where", ["model", "endpointConfig", "endpoint"])
def test_no_override_claims_ownership(world: Scene, where: str) -> None:
    tag = [{"Key": f"{GROUP}/object", "Value": "another/churn"}]
    sentence = world.given(field(overrides={where: {"Tags": tag}})).stalls("OverrideNotAllowed")
    assert "use spec.tags" in sentence
