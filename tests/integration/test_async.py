"""Asynchronous endpoints: answering into S3, asleep at zero instances for a day, woken by one request."""

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devworld.environment import ACCOUNT, REGION
from tests.integration.vocabulary.async_truth import AsyncTruth
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.scaling_truth import ScalingTruth
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import SharedWorld
from tests.integration.vocabulary.specs import Spec, field, version

MANIFEST = Path(__file__).with_name("manifests") / "accepted" / "async-scale-to-zero.yaml"
TRACKING, WAKE_UP = "endpoint-operator-backlog-per-instance", "endpoint-operator-wake-up"
DAY_SECONDS = 86_400
# A model that marks what is bright: as small as a segmentation can be.
SCRIPT = """
import json

def model_fn(model_dir):
    return 128

def transform_fn(threshold, data, content_type, accept):
    mask = [[int(pixel >= threshold) for pixel in row] for row in json.loads(data)]
    return json.dumps({"mask": mask}), "application/json"
"""


def artifact(script: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        entry = tarfile.TarInfo("code/inference.py")
        entry.size = len(script.encode())
        archive.addfile(entry, io.BytesIO(script.encode()))
    return buffer.getvalue()


def asynchronous(**autoscaling: object) -> Spec:
    """Answers into the bucket that every world has; asleep when nothing is asked unless `autoscaling` says more."""
    bounds = {"minCount": 0, "maxCount": 3, "backlogPerInstance": 5, "scaleInCooldownSeconds": 60, **autoscaling}
    return field(mode="Async", autoscaling=bounds, **{"async": {"outputS3Uri": "s3://ml-models/answers"}})


@pytest.fixture
def segmentation(shared_world: SharedWorld) -> Iterator[tuple[Scene, AsyncTruth]]:
    """What the manifest takes for granted: namespace, artifact, bucket and topics."""
    shared_world.make_whole()
    shared_world.put_artifact("mask-rcnn/model.tar.gz", artifact(SCRIPT))
    scene = Scene(shared_world, namespace="ml")
    yield scene, AsyncTruth(scene, bucket="ml-async", done="segmentation-done", failed="segmentation-failed")
    shared_world.make_whole()
    endpoint = scene.applied("segmentation")
    if endpoint.find() is not None:
        endpoint.delete().is_gone()


def alarms(world: Scene, endpoint: Endpoint) -> list[dict[str, Any]]:
    """Those that wake it."""
    name = f"{WAKE_UP}-{endpoint.sagemaker_name}"
    return list(world.boto3("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"])


def comes_to(world: Scene, endpoint: Endpoint, instances: int) -> None:
    """Waits until status tells so many instances and SageMaker is at rest."""
    ScalingTruth(world, endpoint).has(instances)
    world.until(lambda: endpoint.status["instanceCount"] == instances, f"status tells {instances} instances")


def ready_since(endpoint: Endpoint) -> tuple[str, str]:
    """Moves whenever Ready flips, there or back."""
    ready = endpoint.condition("Ready")
    return ready["status"], ready["lastTransitionTime"]


def asleep(world: Scene, *changes: Spec) -> Endpoint:
    """An endpoint at zero."""
    endpoint = world.given(asynchronous(), *changes).settles()
    endpoint.comes_to("AutoscalingReady")
    comes_to(world, endpoint, 0)
    return endpoint


@pytest.mark.timeout(300)
def test_the_manifest_answers_sleeps_a_day_wakes_and_sleeps_again_and_is_ready_all_the_while(
    segmentation: tuple[Scene, AsyncTruth],
) -> None:
    ml, truth = segmentation
    ml.kubectl("apply", "-f", str(MANIFEST))
    endpoint = ml.applied("segmentation").settles()
    endpoint.comes_to("AutoscalingReady")
    since = ready_since(endpoint)
    [row] = endpoint.status["autoscaling"]
    assert row["policies"] == [TRACKING, WAKE_UP]
    assert endpoint.status["endpoint"]["invocationUrl"].endswith(f"/{endpoint.sagemaker_name}/async-invocations")
    with ml.records_calls() as calls:
        asked = truth.ask(endpoint, b"[[0, 200], [130, 7]]", key="first", content_type="application/json")
        assert json.loads(truth.answer(asked)) == {"mask": [[0, 1], [1, 0]]}
        [told] = truth.told_of(asked)
        assert told["topic"] == truth.done
        comes_to(ml, endpoint, 0)
        assert float(endpoint.status["cost"]["hourlyUSD"]) == 0
        ml.simulator.advance(seconds=DAY_SECONDS)
        ml.operator_looks(3)
        assert ScalingTruth(ml, endpoint).count() == 0
        assert (endpoint.table_row(), ready_since(endpoint)) == (("True", "False", "False", "True"), since)
        waking = [truth.ask(endpoint, b"[[255]]", key=f"wake-{number}") for number in range(7)]
        for each in waking:
            assert json.loads(truth.answer(each)) == {"mask": [[1]]}
            assert [one["topic"] for one in truth.told_of(each)] == [truth.done]
        comes_to(ml, endpoint, 0)
    assert ready_since(endpoint) == since
    assert calls.that_change_anything() == []


def test_what_wakes_it_is_put_right_and_goes_with_autoscaling(world: Scene) -> None:
    with world.operator.started_with({"--inventory-seconds": "1"}):
        endpoint = asleep(world)
        [alarm] = alarms(world, endpoint)
        world.boto3("cloudwatch").delete_alarms(AlarmNames=[alarm["AlarmName"]])
        world.until(lambda: alarms(world, endpoint), "the alarm again")
        assert alarm["AlarmName"] in endpoint.tells("DriftPutRight").message
        ScalingTruth(world, endpoint).by_hand("delete_scaling_policy", PolicyName=WAKE_UP)
        world.until(lambda: WAKE_UP in ScalingTruth(world, endpoint).policies(), "the policy again")
        arn = ScalingTruth(world, endpoint).policies()[WAKE_UP]["PolicyARN"]
        world.until(lambda: alarms(world, endpoint)[0]["AlarmActions"] == [arn], "an alarm that fires it")
        endpoint.edit(asynchronous(minCount=1)).settles()
        world.until(lambda: alarms(world, endpoint) == [], "no alarm that wakes what never sleeps")
        assert list(ScalingTruth(world, endpoint).policies()) == [TRACKING]


def test_a_rollout_while_it_sleeps_wakes_nobody_and_the_new_revision_answers(world: Scene) -> None:
    endpoint = asleep(world)
    before = endpoint.revision
    endpoint.edit(version(2))
    world.until(lambda: endpoint.revision != before, "another revision")
    endpoint.settles()
    comes_to(world, endpoint, 0)
    assert len(alarms(world, endpoint)) == 1
    runtime = world.boto3("sagemaker-runtime")
    world.boto3("s3").put_object(Bucket="ml-models", Key="question", Body=b"x")
    with world.unhurried():  # it answers at once, and falls asleep again
        runtime.invoke_endpoint_async(EndpointName=endpoint.sagemaker_name, InputLocation="s3://ml-models/question")
        comes_to(world, endpoint, 1)


def test_another_instance_type_is_rolled_out_unregistered_and_sleeps_again(world: Scene) -> None:
    endpoint = asleep(world)
    with world.records_calls() as calls:
        endpoint.edit(field(instance={"type": "ml.m5.xlarge"})).settles()
        endpoint.comes_to("AutoscalingReady")
        world.until(lambda: len(alarms(world, endpoint)) == 1, "the alarm")
    changes = calls.that_change_anything()
    order = ["DeleteAlarms", "DeregisterScalableTarget", "UpdateEndpoint", "RegisterScalableTarget", "PutMetricAlarm"]
    assert [each for each in changes if each in order] == order
    comes_to(world, endpoint, 0)


def test_stopped_while_it_sleeps_leaves_nothing_and_starts_with_an_instance(world: Scene) -> None:
    endpoint = asleep(world)
    endpoint.edit(field(stopped=True)).settles()
    assert world.sagemaker.endpoint(endpoint.sagemaker_name) is None
    assert (alarms(world, endpoint), ScalingTruth(world, endpoint).bounds()) == ([], None)
    with world.records_calls() as calls:
        endpoint.edit(field(stopped=False)).settles()
        endpoint.comes_to("AutoscalingReady")
    assert calls.count("CreateEndpoint") == 1
    assert len(alarms(world, endpoint)) == 1
    comes_to(world, endpoint, 0)


@pytest.mark.parametrize("by_hand", [False, True])
def test_deleted_while_it_sleeps_leaves_nothing(world: Scene, *, by_hand: bool) -> None:
    endpoint = asleep(world)
    if by_hand:
        world.operator.stop()
        world.boto3("sagemaker").delete_endpoint(EndpointName=endpoint.sagemaker_name)
        world.until(lambda: world.sagemaker.endpoint(endpoint.sagemaker_name) is None, "the endpoint gone")
        endpoint.delete()
        world.operator.start()
    else:
        endpoint.delete()
    endpoint.is_gone()
    assert alarms(world, endpoint) == []
    assert ScalingTruth(world, endpoint).bounds() is None
    assert world.sagemaker.endpoint(endpoint.sagemaker_name) is None


@pytest.mark.parametrize(
    ("settings", "reason", "sentence"),
    [
        ({"outputS3Uri": "s3://nowhere/x"}, "BucketNotFound", "spec.async.outputS3Uri: there is no bucket nowhere"),
        (
            {"outputS3Uri": "s3://ml-models/x", "errorTopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:nobody"},
            "TopicNotFound",
            "spec.async.errorTopicArn: there is no topic",
        ),
    ],
)
def test_what_it_writes_to_is_looked_for_before_it_is_made(
    world: Scene, settings: Spec, reason: str, sentence: str
) -> None:
    endpoint = world.given(field(mode="Async", **{"async": settings}))
    assert endpoint.stalls(reason).startswith(sentence)
    assert world.sagemaker.endpoint(endpoint.sagemaker_name) is None
