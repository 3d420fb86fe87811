"""Models beside their endpoint: whichever comes first, whichever goes first, and two that want one name."""

from typing import Any

from tests.integration.vocabulary.endpoint import Endpoint
from tests.integration.vocabulary.model import Model
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import BUCKET
from tests.integration.vocabulary.specs import FAST_IMAGE


def prefix_of(world: Scene) -> str:
    return f"s3://{BUCKET}/{world.namespace}/models/"


def an_endpoint(world: Scene, name: str = "tenants") -> Endpoint:
    spec = {
        "mode": "MultiModel",
        "containers": [{"image": FAST_IMAGE}],
        "multiModel": {"s3Prefix": prefix_of(world)},
        "instance": {"type": "ml.m5.large", "count": 1},
    }
    return world.given_spec(spec, name=name)


def a_model(
    world: Scene, name: str, *, content: bytes = b"a model", endpoint: str = "tenants", **members: Any
) -> Model:
    source = world.shared.put_artifact(f"{world.namespace}/sources/{name}.tar.gz", content)
    return Model(world, name).apply(endpoint=endpoint, source=source, **members)


def published(world: Scene) -> list[str]:
    """Keys below the prefix, without it."""
    key = f"{world.namespace}/models/"
    found = world.boto3("s3").list_objects_v2(Bucket=BUCKET, Prefix=key).get("Contents", [])
    return sorted(each["Key"].removeprefix(key) for each in found)


def test_a_model_waits_for_its_endpoint_and_outlives_it(world: Scene) -> None:
    model = a_model(world, "one")
    assert "tenants" in model.reconciles("EndpointNotFound")
    assert published(world) == []
    endpoint = an_endpoint(world).settles()
    model.settles()
    assert published(world) == [model.status["targetModel"]]
    assert model.status["artifactS3Uri"] == prefix_of(world) + model.status["targetModel"]
    endpoint.delete().is_gone()
    model.reconciles("EndpointNotFound")
    assert published(world) == [model.status["targetModel"]], "what is published stays while its object does"
    model.delete().is_gone()
    assert published(world) == []


def test_an_endpoint_of_another_mode_stalls_its_models_until_it_is_another_one(world: Scene) -> None:
    other = world.given(name="tenants").settles()
    model = a_model(world, "one")
    assert "MultiModel" in model.stalls("EndpointNotMultiModel")
    other.delete().is_gone()
    an_endpoint(world).settles()
    model.settles()


def test_of_two_with_one_id_the_older_is_published_and_the_other_after_it_is_gone(world: Scene) -> None:
    an_endpoint(world).settles()
    older = a_model(world, "older", modelId="tenant-1").settles()
    younger = a_model(world, "younger", content=b"another model", modelId="tenant-1")
    assert f"{world.namespace}/older" in younger.stalls("ModelIdTaken")
    assert published(world) == [older.status["targetModel"]]
    older.delete().is_gone()
    younger.settles()
    assert published(world) == [younger.status["targetModel"]]


def test_an_endpoint_says_how_many_of_its_models_are_published(world: Scene) -> None:
    endpoint = an_endpoint(world).settles()
    models = [a_model(world, name).settles() for name in ("one", "two", "three")]
    world.until(lambda: counted(endpoint) == (3, 3), "three models declared and published")
    models[0].delete().is_gone()
    world.until(lambda: counted(endpoint) == (2, 2), "two models declared and published")


def counted(endpoint: Endpoint) -> tuple[int, int]:
    models = endpoint.status.get("models", {})
    return models.get("declared", 0), models.get("published", 0)


def test_models_at_rest_cost_nothing_after_a_restart_too(world: Scene) -> None:
    an_endpoint(world).settles()
    models = [a_model(world, name).settles() for name in ("one", "two")]
    before = [model.find() for model in models]
    with world.records_calls() as calls:
        world.operator.kill()
        world.operator.start()
        world.operator_looks(3)
    assert [model.find() for model in models] == before
    assert [row for row in calls.all() if row["service"] == "s3" and "/models/" in str(row["resource"])] == []


def test_models_and_endpoint_go_in_any_order(world: Scene) -> None:
    endpoint = an_endpoint(world).settles()
    models = [a_model(world, name).settles() for name in ("one", "two")]
    models[0].delete()
    endpoint.delete()
    models[1].delete()
    for model in models:
        model.is_gone()
    endpoint.is_gone()
    assert published(world) == []
