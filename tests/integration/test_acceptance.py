"""The manifests of real-time endpoints, applied as they stand: Ready, and answering as SageMaker documents."""

import datetime
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.predictions import ask, model_of, predicted
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import SharedWorld
from tests.integration.vocabulary.specs import field

MANIFESTS = Path(__file__).with_name("manifests") / "accepted"
CAPTURED = "ml-capture"
# The artifacts that the manifests name, by how many rounds of one training each holds.
ROUNDS = {
    "churn/model.tar.gz": 30,
    "ranker/a/model.tar.gz": 25,
    "ranker/b/model.tar.gz": 20,
    "fraud/v7/model.tar.gz": 15,
    "fraud/v8/model.tar.gz": 10,
    "search/v3/model.tar.gz": 5,
}
# Whose artifact each variant has that callers can ask.
CALLABLE = {
    "realtime.yaml": {"AllTraffic": "churn/model.tar.gz"},
    "ab-test.yaml": {"a": "ranker/a/model.tar.gz", "b": "ranker/b/model.tar.gz"},
    "shadow.yaml": {"AllTraffic": "fraud/v7/model.tar.gz"},
    "guarded-rollout.yaml": {"AllTraffic": "search/v3/model.tar.gz"},
    "rollout-linear.yaml": {"AllTraffic": "search/v3/model.tar.gz"},
    "rollout-rolling.yaml": {"AllTraffic": "search/v3/model.tar.gz"},
    "office-hours.yaml": {"AllTraffic": "churn/model.tar.gz"},
}
QUARTER = {"Type": "CAPACITY_PERCENT", "Value": 25}
# DeploymentConfig less its alarms, and how many of those there are.
DEPLOYMENTS: dict[str, tuple[dict[str, Any], int]] = {
    "guarded-rollout.yaml": (
        {
            "BlueGreenUpdatePolicy": {
                "TrafficRoutingConfiguration": {"Type": "CANARY", "WaitIntervalInSeconds": 600, "CanarySize": QUARTER},
                "TerminationWaitInSeconds": 300,
            }
        },
        2,
    ),
    "rollout-linear.yaml": (
        {
            "BlueGreenUpdatePolicy": {
                "TrafficRoutingConfiguration": {
                    "Type": "LINEAR",
                    "WaitIntervalInSeconds": 120,
                    "LinearStepSize": {"Type": "CAPACITY_PERCENT", "Value": 20},
                },
                "TerminationWaitInSeconds": 60,
            }
        },
        1,
    ),
    "rollout-rolling.yaml": ({"RollingUpdatePolicy": {"MaximumBatchSize": QUARTER, "WaitIntervalInSeconds": 60}}, 1),
}


@pytest.fixture(scope="session")
def namespace_ml(shared_world: SharedWorld) -> Scene:
    """What the manifests take for granted: the namespace, the buckets and the artifacts."""
    for key, rounds in ROUNDS.items():
        shared_world.put_artifact(key, model_of(rounds).as_artifact())
    shared_world.boto3("s3").create_bucket(Bucket=CAPTURED)
    return Scene(shared_world, namespace="ml")


@pytest.fixture
def ml(namespace_ml: Scene) -> Iterator[Scene]:
    """The namespace ml with nothing in it; what a test leaves there is deleted."""
    namespace_ml.shared.make_whole()
    yield namespace_ml
    namespace_ml.shared.make_whole()
    left = [Endpoint(namespace_ml, each["metadata"]["name"]) for each in namespace_ml.objects.all("ml")]
    for endpoint in left:
        endpoint.delete()
    for endpoint in left:
        endpoint.is_gone()


def given_applied(ml: Scene, file: str) -> Endpoint:
    """Applied as it stands, and Ready."""
    manifest = MANIFESTS / file
    ml.kubectl("apply", "-f", str(manifest))
    [document] = yaml.safe_load_all(manifest.read_text(encoding="utf-8"))
    return ml.applied(document["metadata"]["name"]).settles()


def invocations(ml: Scene, endpoint: Endpoint, variant: str) -> float:
    """How many CloudWatch has counted."""
    now = datetime.datetime.now(datetime.UTC)
    answer = ml.boto3("cloudwatch").get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName="Invocations",
        Dimensions=[
            {"Name": "EndpointName", "Value": endpoint.sagemaker_name},
            {"Name": "VariantName", "Value": variant},
        ],
        StartTime=now - datetime.timedelta(days=1),
        EndTime=now + datetime.timedelta(days=60),  # simulated time runs ahead
        Period=86400,
        Statistics=["Sum"],
    )
    return sum(float(point["Sum"]) for point in answer["Datapoints"])


@pytest.mark.parametrize("file", CALLABLE)
def test_becomes_ready_and_each_variant_answers_what_its_model_predicts(ml: Scene, file: str) -> None:
    endpoint = given_applied(ml, file)
    assert endpoint.table_row() == ("True", "False", "False", "True")
    for variant, artifact in CALLABLE[file].items():
        answer = ask(ml, endpoint.sagemaker_name, variant=variant)
        assert answer.variant == variant
        assert answer.value == pytest.approx(predicted(ROUNDS[artifact]), abs=1e-6)


def test_an_ab_test_shares_its_callers_by_weight(ml: Scene) -> None:
    endpoint = given_applied(ml, "ab-test.yaml")
    answers = [ask(ml, endpoint.sagemaker_name) for _ in range(400)]
    asked = Counter(answer.variant for answer in answers)
    assert 0.8 < asked["a"] / 400 < 0.98, "five standard deviations from 0.9"
    for answer in answers:
        rounds = ROUNDS[CALLABLE["ab-test.yaml"][answer.variant]]
        assert answer.value == pytest.approx(predicted(rounds), abs=1e-6)


def test_a_shadow_is_asked_a_fifth_and_callers_never_hear_it(ml: Scene) -> None:
    endpoint = given_applied(ml, "shadow.yaml")
    asked = 500  # a tenth of them is more than five standard deviations from a fifth
    # Metrics outlive an endpoint of the same name.
    earlier = {variant: invocations(ml, endpoint, variant) for variant in ("AllTraffic", "v8")}
    for _ in range(asked):
        answer = ask(ml, endpoint.sagemaker_name)
        assert answer.variant == "AllTraffic"
        assert answer.value == pytest.approx(predicted(ROUNDS["fraud/v7/model.tar.gz"]), abs=1e-6)

    def counted(variant: str) -> float:
        return invocations(ml, endpoint, variant) - earlier[variant]

    ml.until(lambda: counted("AllTraffic") == asked, "CloudWatch has counted what callers asked")
    ml.until(lambda: 0.1 < counted("v8") / asked < 0.3, "the shadow was asked a fifth of it")


def test_a_share_of_what_search_is_asked_and_answers_is_captured_in_s3(ml: Scene) -> None:
    endpoint = given_applied(ml, "guarded-rollout.yaml")
    name = endpoint.sagemaker_name
    for _ in range(100):
        ask(ml, name)
    s3 = ml.boto3("s3")

    def captured() -> list[dict[str, Any]]:
        found = s3.list_objects_v2(Bucket=CAPTURED, Prefix=f"search/{name}/AllTraffic/").get("Contents", [])
        bodies = [s3.get_object(Bucket=CAPTURED, Key=each["Key"])["Body"].read().decode() for each in found]
        return [json.loads(line) for body in bodies for line in body.splitlines()]

    lines = ml.until(captured, "captured invocations in S3")
    assert len(lines) < 40, "a tenth of a hundred was asked for"
    for line in lines:
        assert {"endpointInput", "endpointOutput"} == line["captureData"].keys()


@pytest.mark.parametrize("file", DEPLOYMENTS)
def test_a_redeploy_is_rolled_out_as_the_manifest_says_and_ends_ready(ml: Scene, file: str) -> None:
    policy, alarms = DEPLOYMENTS[file]
    endpoint = given_applied(ml, file)
    before = endpoint.revision
    with ml.records_calls() as calls:
        endpoint.edit(field(redeploy="x")).settles()
    assert calls.count("UpdateEndpoint") == 1
    assert endpoint.revision != before
    live = ml.sagemaker.endpoint(endpoint.sagemaker_name)
    assert live is not None
    deployment = dict(live["LastDeploymentConfig"])
    assert len(deployment.pop("AutoRollbackConfiguration")["Alarms"]) == alarms
    assert deployment == policy
    assert ml.sagemaker.counts(endpoint.sagemaker_name) == {"AllTraffic": 4}
    answer = ask(ml, endpoint.sagemaker_name)
    assert answer.value == pytest.approx(predicted(ROUNDS["search/v3/model.tar.gz"]), abs=1e-6)


@pytest.mark.parametrize("file", ["realtime.yaml", "office-hours.yaml"])
def test_the_count_follows_the_load_as_the_manifest_says(ml: Scene, file: str) -> None:
    endpoint = given_applied(ml, file)
    asked_for = endpoint.object["spec"]["autoscaling"]
    endpoint.comes_to("AutoscalingReady")
    scaling = ml.boto3("application-autoscaling")
    thing = {"ServiceNamespace": "sagemaker", "ResourceId": f"endpoint/{endpoint.sagemaker_name}/variant/AllTraffic"}
    [policy] = scaling.describe_scaling_policies(**thing)["ScalingPolicies"]
    tracking = policy["TargetTrackingScalingPolicyConfiguration"]
    assert tracking["TargetValue"] == asked_for["invocationsPerInstance"]
    scheduled = [_schedule(each) for each in scaling.describe_scheduled_actions(**thing)["ScheduledActions"]]
    wanted = asked_for.get("schedules", [])
    assert sorted(scheduled, key=_name) == sorted(wanted, key=_name)
    [target] = scaling.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[thing["ResourceId"]])[
        "ScalableTargets"
    ]
    bounds = [asked_for, *wanted]  # simulated days pass while this is read
    assert (target["MinCapacity"], target["MaxCapacity"]) in [(each["minCount"], each["maxCount"]) for each in bounds]


def _name(schedule: dict[str, Any]) -> str:
    return str(schedule["name"])


def _schedule(action: dict[str, Any]) -> dict[str, Any]:
    """A scheduled action in the words of the manifest."""
    bounds = action["ScalableTargetAction"]
    return {
        "name": action["ScheduledActionName"].rpartition("-")[2],
        "schedule": action["Schedule"],
        "timezone": action["Timezone"],
        "minCount": bounds["MinCapacity"],
        "maxCount": bounds["MaxCapacity"],
    }
