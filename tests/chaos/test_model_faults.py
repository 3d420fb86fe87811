"""S3 and InvokeEndpoint at their worst while models are published, replaced and removed: each ends right, is said in a
clear sentence meanwhile, and nothing is made twice."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.chaos.lives import fired
from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.kubernetes_objects import GROUP
from tests.integration.vocabulary.model import Model
from tests.integration.vocabulary.recorded_calls import RecordedCalls
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import BUCKET, SharedWorld
from tests.integration.vocabulary.specs import FAST_IMAGE

SLOW_DOWN = {"error": {"code": "SlowDown", "message": "Please reduce your request rate.", "status": 503}}
DENIED = {"error": {"code": "AccessDenied", "message": "User: operator is not authorized", "status": 403}}
NOT_READY = {"error": {"code": "ModelNotReadyException", "message": "Model is being loaded", "status": 429}}
CUT = {"dropAnswer": True}
WARM_UP = {"body": "{}", "contentType": "application/json"}
QUICK_INVENTORY = {"--inventory-seconds": "2"}
# A call is tried so often before a pass is told that it failed.
TRIES = 3


@pytest.fixture(scope="module", autouse=True)
def _fresh_rates(shared_world: SharedWorld) -> Iterator[None]:
    """What the operator learnt here about AWS's limits is none of the next test's business."""
    yield
    shared_world.make_whole()
    shared_world.operator.restart()


def given_endpoint(world: Scene, *, bucket: str = BUCKET) -> Endpoint:
    """Ready; its models lie under the test's own prefix."""
    spec = {
        "mode": "MultiModel",
        "containers": [{"image": FAST_IMAGE}],
        "multiModel": {"s3Prefix": f"s3://{bucket}/{world.namespace}/models/"},
        "instance": {"type": "ml.m5.large", "count": 1},
    }
    return world.given_spec(spec, name="tenants").settles()


def source_of(world: Scene, name: str, content: bytes) -> str:
    return world.shared.put_artifact(f"{world.namespace}/sources/{name}.tar.gz", content)


def given_model(world: Scene, name: str = "churn", *, content: bytes = b"first", **members: Any) -> Model:
    return Model(world, name).apply(endpoint="tenants", source=source_of(world, name, content), **members)


def look_again(world: Scene, model: Model, word: str) -> None:
    annotation = f"{GROUP}/reconcile-at={word}"
    world.kubectl("annotate", "--overwrite", "inferencemodel", model.name, "-n", world.namespace, annotation)


def below_prefix(world: Scene, *, bucket: str = BUCKET) -> dict[str, bytes]:
    """Contents by s3Uri, uploads that were never finished among them as nothing."""
    s3, prefix = world.boto3("s3"), f"{world.namespace}/models/"
    keys = [row["Key"] for row in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])]
    found = {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}
    uploads = s3.list_multipart_uploads(Bucket=bucket, Prefix=prefix).get("Uploads", [])
    found |= {row["Key"]: b"" for row in uploads}
    return {f"s3://{bucket}/{key}": content for key, content in found.items()}


def fault_at(world: Scene, operation: str, *, below: str, **how: object) -> str:
    """On calls about objects of the test: of its sources, or of its models."""
    return world.fault(operation, resource=f"{BUCKET}/{world.namespace}/{below}/*", **how)


def copies(calls: RecordedCalls) -> list[str]:
    """What came into being, in order; a copy whose answer was cut off did too."""
    done = [row for row in calls.all() if row["operation"] == "CopyObject" and row["status"] == 200]
    return [f"s3://{row['resource']}" for row in done]


def artifact(model: Model) -> str:
    return str(model.status["artifactS3Uri"])


def test_a_slow_s3_is_waited_for(world: Scene) -> None:
    given_endpoint(world)
    fault_at(world, "HeadObject", below="*", delayMs=500)
    slow = fault_at(world, "CopyObject", below="models", delayMs=3000)
    calls = world.calls_from_now()
    model = given_model(world)
    sentence = model.reconciles("Publishing")
    assert sentence.startswith(f"publishing s3://{BUCKET}/{world.namespace}/sources/churn.tar.gz as churn/")
    model.settles()
    assert fired(world, slow) == 1
    assert copies(calls) == [artifact(model)]
    assert below_prefix(world) == {artifact(model): b"first"}
    assert model.story() == ["Published"]


@pytest.mark.parametrize(
    ("operation", "below"), [("HeadObject", "sources"), ("CopyObject", "models")], ids=["look", "copy"]
)
def test_an_s3_that_asks_to_slow_down_is_asked_again_until_it_answers(world: Scene, operation: str, below: str) -> None:
    given_endpoint(world)
    fault = fault_at(world, operation, below=below, **SLOW_DOWN)
    calls = world.calls_from_now()
    model = given_model(world)
    assert f"S3 asks to slow down at {BUCKET}" in model.reconciles("Throttled")
    world.until(lambda: fired(world, fault) > TRIES, "tries of another pass")
    world.simulator.end_faults(fault)
    model.settles()
    assert copies(calls) == [artifact(model)]
    assert below_prefix(world) == {artifact(model): b"first"}


def test_what_s3_does_not_remove_yet_keeps_its_object_until_it_does(world: Scene) -> None:
    given_endpoint(world)
    model = given_model(world).settles()
    fault = fault_at(world, "DeleteObject", below="models", **SLOW_DOWN)
    model.delete()
    assert f"S3 asks to slow down at {BUCKET}" in model.reconciles("Throttled")
    assert list(below_prefix(world).values()) == [b"first"]
    world.simulator.end_faults(fault)
    model.is_gone()
    assert below_prefix(world) == {}


def test_a_copy_whose_answer_is_lost_is_found_done(world: Scene) -> None:
    given_endpoint(world)
    cut = fault_at(world, "CopyObject", below="models", times=1, **CUT)
    calls = world.calls_from_now()
    model = given_model(world).settles()
    assert fired(world, cut) == 1
    assert copies(calls) == [artifact(model)]
    assert below_prefix(world) == {artifact(model): b"first"}


def test_a_bucket_that_goes_and_comes_again_has_its_models_again(world: Scene) -> None:
    """What was published is missed by the next list of the prefix, and published once more."""
    bucket = f"{world.namespace}-models"
    s3 = world.boto3("s3")
    s3.create_bucket(Bucket=bucket)
    given_endpoint(world, bucket=bucket)
    calls = world.calls_from_now()
    older = given_model(world, "older", content=b"older").settles()
    leaving = given_model(world, "leaving", content=b"leaving").settles()
    made = [artifact(older), artifact(leaving)]
    for s3_uri in made:
        s3.delete_object(Bucket=bucket, Key=s3_uri.removeprefix(f"s3://{bucket}/"))
    s3.delete_bucket(Bucket=bucket)
    younger = given_model(world, "younger", content=b"younger")
    sentence = younger.stalls("PrefixNotFound")
    assert sentence.startswith("spec.multiModel.s3Prefix of InferenceEndpoint tenants: there is no bucket")
    leaving.delete().is_gone()
    s3.create_bucket(Bucket=bucket)
    with world.operator.started_with(QUICK_INVENTORY):
        younger.settles()
        wanted = {artifact(older): b"older", artifact(younger): b"younger"}
        world.until(lambda: below_prefix(world, bucket=bucket) == wanted, "both models there again")
        world.until(lambda: older.story() == ["Published", "Missing", "PublishedAgain"], "the loss told")
        older.settles()
    assert sorted(copies(calls)) == sorted([*made, artifact(older), artifact(younger)])


def test_a_source_that_changes_between_look_and_copy_is_looked_at_again(world: Scene) -> None:
    given_endpoint(world)
    late = fault_at(world, "CopyObject", below="models", times=1, delayMs=3000)
    calls = world.calls_from_now()
    model = given_model(world)
    world.until(lambda: fired(world, late) == 1, "a copy under way")
    source_of(world, "churn", b"second")
    model.settles()
    assert copies(calls) == [artifact(model)]
    assert below_prefix(world) == {artifact(model): b"second"}
    uid = (model.find() or {})["metadata"]["uid"]
    told = {event.reason: event.message for event in world.objects.events(world.namespace, uid=uid)}
    assert "was changed while it was being published; it is looked at again" in told["SourceChanged"]


@pytest.mark.parametrize(
    ("operation", "below", "reason", "words"),
    [
        ("HeadObject", "sources", "SourceForbidden", "spec.source.s3Uri: the operator's role may not read"),
        ("CopyObject", "models", "PrefixForbidden", "InferenceEndpoint tenants: the operator's role may not write"),
    ],
    ids=["source", "prefix"],
)
def test_a_right_that_is_missing_is_said_and_the_model_is_published_with_it(
    world: Scene, operation: str, below: str, reason: str, words: str
) -> None:
    given_endpoint(world)
    denial = fault_at(world, operation, below=below, **DENIED)
    calls = world.calls_from_now()
    model = given_model(world)
    sentence = model.stalls(reason)
    assert words in sentence
    assert "s3:GetObject" in sentence
    assert below_prefix(world) == {}
    world.simulator.end_faults(denial)
    look_again(world, model, "allowed")
    model.settles()
    assert copies(calls) == [artifact(model)]
    assert below_prefix(world) == {artifact(model): b"first"}


def test_a_model_that_loads_for_long_is_asked_again_and_the_earlier_one_is_told_until_it_answers(world: Scene) -> None:
    endpoint = given_endpoint(world)
    model = given_model(world, warmUp=WARM_UP).settles()
    first = artifact(model)
    model.comes_to("Warm")  # or the first one would still be asked as well
    calls = world.calls_from_now()
    loading = world.fault("InvokeEndpoint", resource=endpoint.sagemaker_name, **NOT_READY)
    source_of(world, "churn", b"second")
    look_again(world, model, "second")
    sentence = model.reconciles("ModelLoading")
    assert f"is still being loaded by {endpoint.sagemaker_name}; it is asked again" in sentence
    asked = fired(world, loading)
    world.until(lambda: fired(world, loading) > asked, "another warm-up")
    assert artifact(model) == first, "callers hear of what answers"
    assert sorted(below_prefix(world).values()) == [b"first", b"second"]
    world.simulator.end_faults(loading)
    world.until(lambda: artifact(model) != first, "the switch")
    model.settles()
    assert copies(calls) == [artifact(model)]
    assert below_prefix(world)[artifact(model)] == b"second"
    assert "Replaced" in model.story()
