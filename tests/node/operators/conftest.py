"""Ground for operators, one for each file of tests, with the image of this checkout."""

from collections.abc import Iterator

import pytest

from devworld.images.availability import available as images_available
from devworld.images.building import built
from devworld.images.recipes import OPERATOR
from tests.helm.conftest import a_helm
from tests.helm.helm import Helm
from tests.node.operators.ground import Ground
from tests.node.operators.release import OperatorRelease


@pytest.fixture(scope="session")
def can_run_images(needs_a_node: None) -> None:
    """Skips with the sentence that says why no image can be built."""
    reason = images_available()
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def helm(tmp_path_factory: pytest.TempPathFactory) -> Helm:
    return a_helm(4, tmp_path_factory.mktemp("helm"))


@pytest.fixture(scope="module")
def release(can_run_images: None, helm: Helm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OperatorRelease]:
    """Two replicas of this checkout's operator."""
    with Ground.begun(tmp_path_factory.mktemp("ground"), archives=[built(OPERATOR).archive]) as ground:
        installed = OperatorRelease(ground, helm)
        installed.install()
        yield installed
        installed.close()
