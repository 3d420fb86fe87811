"""Twenty live endpoints from 0.1.0 to this checkout and back, without an operator, and found again: AWS hears nothing.

The operator and the CRDs of 0.1.0 are those that were released.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devworld.images.building import built
from devworld.images.recipes import OPERATOR
from tests.helm.helm import Helm
from tests.integration.vocabulary.specs import version
from tests.node.operators import earlier
from tests.node.operators.fleet import Fleet, Writes, in_aws
from tests.node.operators.ground import Ground
from tests.node.operators.passes import has_passed_over
from tests.node.operators.release import OperatorRelease

pytestmark = pytest.mark.timeout(900)  # the first one builds the images and starts the node
ENDPOINTS = 20
MODELS = "inferencemodels.inference.endpoint-operator.dev"
ENDPOINT_KIND = "inferenceendpoints.inference.endpoint-operator.dev"


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 0.1.0."""
    reason = earlier.missing()
    if reason:
        pytest.skip(reason)
    return earlier.checkout(tmp_path_factory.mktemp("earlier"))


@pytest.fixture(scope="module")
def charts(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """By version."""
    folder = tmp_path_factory.mktemp("charts")
    return {earlier.VERSION: earlier.chart(folder, sources), earlier.NEXT_VERSION: earlier.next_chart(folder)}


@pytest.fixture(scope="module")
def release(
    can_run_images: None, sources: Path, helm: Helm, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OperatorRelease]:
    """Nothing is installed yet."""
    archives = [built(OPERATOR).archive, built(earlier.recipe(sources)).archive]
    with Ground.begun(tmp_path_factory.mktemp("ground"), archives=archives) as ground:
        made = OperatorRelease(ground, helm)
        yield made
        made.close()


@pytest.fixture(scope="module")
def fleet(release: OperatorRelease, charts: dict[str, Path]) -> Fleet:
    """Made by 0.1.0, and Ready."""
    release.install(chart=charts[earlier.VERSION], repository=earlier.REPOSITORY)
    return Fleet.made(release, namespace="fleet", size=ENDPOINTS)


def schema(release: OperatorRelease) -> Any:
    """That of InferenceEndpoints which the API server has now."""
    [served] = release.ground.node.kubectl.json("get", "crd", ENDPOINT_KIND)["spec"]["versions"]
    return served["schema"]


def images(release: OperatorRelease) -> set[str]:
    return {pod.spec.containers[0].image for pod in release.pods()}


@contextlib.contextmanager
def nothing_changes(release: OperatorRelease, fleet: Fleet) -> Iterator[None]:
    """Neither AWS nor an object hears of the block, nor of what follows from it."""
    estate, versions = in_aws(fleet.scene.simulator), fleet.versions()
    calls, writes = fleet.scene.calls_from_now(), Writes.from_now(release, fleet)
    yield
    has_passed_over(release, ENDPOINTS)
    fleet.scene.operator_looks(2)
    assert calls.that_change_anything() == []
    assert in_aws(fleet.scene.simulator) == estate
    assert writes.by_object() == {}
    assert fleet.versions() == versions


def test_an_upgrade_and_the_way_back_change_nothing_in_aws_and_leave_all_ready(
    release: OperatorRelease, fleet: Fleet, charts: dict[str, Path]
) -> None:
    has_passed_over(release, ENDPOINTS)
    ready, known = fleet.ready_since(), schema(release)
    assert {status for status, _ in ready.values()} == {"True"}
    with nothing_changes(release, fleet):
        release.upgrade(chart=charts[earlier.NEXT_VERSION])
        assert images(release) == {OPERATOR.name}
        assert schema(release) != known
    with nothing_changes(release, fleet):
        release.rollback(1)
        assert images(release) == {earlier.IMAGE}
        assert schema(release) == known
    assert fleet.ready_since() == ready
    assert release.ground.node.kubectl.find("get", "crd", MODELS), "else every model of a user would go with it"


def test_without_a_release_endpoints_and_objects_stay_and_the_next_one_finds_them_as_they_were(
    release: OperatorRelease, fleet: Fleet, charts: dict[str, Path]
) -> None:
    release.upgrade(chart=charts[earlier.NEXT_VERSION])
    has_passed_over(release, ENDPOINTS)
    estate, objects = in_aws(fleet.scene.simulator), fleet.objects()
    calls, writes = fleet.scene.calls_from_now(), Writes.from_now(release, fleet)
    with nothing_changes(release, fleet):
        said = release.uninstall()
        assert ENDPOINT_KIND in said, "what stays is said"
        assert (in_aws(fleet.scene.simulator), fleet.objects()) == (estate, objects)
        said = release.install(chart=charts[earlier.NEXT_VERSION])
        assert "everything in AWS stay and cost as before" in " ".join(said.split())
    edited, deleted = fleet.endpoints[:2]
    edited.edit(version(2)).settles()
    deleted.delete().is_gone()
    assert (calls.count("UpdateEndpoint"), calls.count("DeleteEndpoint")) == (1, 1)
    assert writes.by_object()[f"inferenceendpoints/status {edited.name}"] > 0, "and this is how writes are counted"
