"""An object from its creation to its end, as kstatus (Flux, Helm 4) and Argo CD read every version of it.

What nobody may ever see is Current, or Healthy, of something that does not serve what the spec says.
"""

import random

import pytest

from tests.gitops.judges import Judge
from tests.gitops.life import Life
from tests.integration.test_models_and_their_endpoint import a_model, an_endpoint
from tests.integration.vocabulary.kubernetes_objects import MODELS, PLURAL
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import SharedWorld
from tests.integration.vocabulary.specs import INSTANCE_TYPE, field, instance_type, version

NOT_RENTED_OUT = "ml.p4d.24xlarge"  # a quota of 0 in the world of these tests


def place(shared: SharedWorld, name: str) -> Scene:
    shared.make_whole()
    return Scene(shared, namespace=f"{name}{random.randrange(16**5):05x}")  # noqa: S311 - no secret


@pytest.fixture(scope="module")
def endpoint(shared_world: SharedWorld) -> Life:
    scene = place(shared_world, "lifeofendpoint")
    life = Life(scene, plural=PLURAL, name="churn")
    endpoint = scene.given_held(version(1))
    endpoint.reconciles("Creating")
    life.turns("creating")
    scene.ends_transition(endpoint)
    endpoint.settles()
    life.turns("created")
    scene.holds_transition(endpoint)
    endpoint.edit(version(2)).reconciles("Updating")
    endpoint.is_in("Updating")
    life.turns("updating")
    scene.ends_transition(endpoint)
    endpoint.settles()
    life.turns("updated")
    endpoint.edit(instance_type(NOT_RENTED_OUT)).stalls("QuotaIsZero")
    life.turns("wrong")
    endpoint.edit(instance_type(INSTANCE_TYPE)).settles()
    life.turns("corrected")
    endpoint.edit(field(paused=True)).settles()
    life.turns("paused")
    endpoint.edit(version(3))
    scene.until(lambda: endpoint.status.get("plannedCalls"), "the plan in status")
    life.turns("paused and edited")
    endpoint.edit(field(paused=False)).settles()
    life.turns("let go on")
    endpoint.edit(field(stopped=True)).comes_to("Ready", reason="Stopped")
    life.turns("stopped")
    endpoint.delete().is_gone()
    life.ends("deleted")
    return life


@pytest.fixture(scope="module")
def model(shared_world: SharedWorld) -> Life:
    scene = place(shared_world, "lifeofmodel")
    life = Life(scene, plural=MODELS, name="one")
    model = a_model(scene, "one")
    model.reconciles("EndpointNotFound")
    life.turns("without endpoint")
    serving = an_endpoint(scene).settles()
    model.settles()
    life.turns("published")
    missing = scene.shared.put_artifact(f"{scene.namespace}/sources/two.tar.gz", b"another").replace("two", "three")
    model.apply(endpoint="tenants", source=missing).stalls("SourceNotFound")
    life.turns("wrong")
    model.apply(endpoint="tenants", source=missing.replace("three", "two")).settles()
    life.turns("corrected")
    model.delete().is_gone()
    life.ends("deleted")
    serving.delete().is_gone()
    return life


def test_kstatus_calls_an_endpoint_current_only_when_its_latest_generation_serves(endpoint: Life, flux: Judge) -> None:
    assert endpoint.changes(flux) == [
        ("creating", "InProgress"),
        ("created", "Current"),
        ("updating", "InProgress"),
        ("updated", "Current"),
        ("wrong", "InProgress"),
        ("wrong", "Failed"),
        ("corrected", "InProgress"),
        ("corrected", "Current"),
        ("paused", "InProgress"),
        ("paused", "Current"),
        ("paused and edited", "InProgress"),
        ("let go on", "Current"),
        ("stopped", "InProgress"),
        ("stopped", "Current"),
        ("deleted", "Terminating"),
    ]


def test_argo_cd_calls_an_endpoint_healthy_only_when_its_latest_generation_serves(endpoint: Life, argo: Judge) -> None:
    assert endpoint.changes(argo) == [
        ("creating", "Progressing"),
        ("created", "Healthy"),
        ("updating", "Progressing"),
        ("updated", "Healthy"),
        ("wrong", "Progressing"),
        ("wrong", "Degraded"),
        ("corrected", "Progressing"),
        ("corrected", "Healthy"),
        ("paused", "Suspended"),
        ("let go on", "Progressing"),
        ("let go on", "Healthy"),
        ("stopped", "Progressing"),
        ("stopped", "Healthy"),
        ("deleted", "Progressing"),
    ]


def test_kstatus_calls_a_model_current_only_when_its_latest_generation_is_published(model: Life, flux: Judge) -> None:
    assert model.changes(flux) == [
        ("without endpoint", "InProgress"),
        ("published", "Current"),
        ("wrong", "InProgress"),
        ("wrong", "Failed"),
        ("corrected", "InProgress"),
        ("corrected", "Current"),
        ("deleted", "Terminating"),
    ]


def test_argo_cd_calls_a_model_healthy_only_when_its_latest_generation_is_published(model: Life, argo: Judge) -> None:
    assert model.changes(argo) == [
        ("without endpoint", "Progressing"),
        ("published", "Healthy"),
        ("wrong", "Progressing"),
        ("wrong", "Degraded"),
        ("corrected", "Progressing"),
        ("corrected", "Healthy"),
        ("deleted", "Progressing"),
    ]


def test_argo_cd_shows_what_is_wrong_and_what_to_do(endpoint: Life, argo: Judge) -> None:
    message = argo(endpoint.last("wrong")).message
    assert message.startswith("QuotaIsZero: ")
    assert NOT_RENTED_OUT in message


def test_argo_cd_says_of_a_stopped_endpoint_that_it_is(endpoint: Life, argo: Judge) -> None:
    assert argo(endpoint.last("stopped")).message.startswith("Stopped")


def test_every_status_is_about_a_generation_that_there_was(endpoint: Life, model: Life) -> None:
    """And never goes back to an earlier one."""
    for life in (endpoint, model):
        seen = [
            (thing["metadata"]["generation"], thing["status"]["observedGeneration"])
            for things in life.chapters.values()
            for thing in things
        ]
        assert all(observed <= generation for generation, observed in seen)
        assert [observed for _, observed in seen] == sorted(observed for _, observed in seen)
