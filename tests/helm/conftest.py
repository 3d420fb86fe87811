"""Both Helms; each test that asks for one runs with both."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.controlplane.controlplane import ControlPlane
from tests.controlplane.source import where_from
from tests.helm.helm import Helm
from tests.helm.programs import Major, helm_program, runs_here


@pytest.fixture(params=[3, 4], ids=["helm3", "helm4"])
def helm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Helm:
    return a_helm(request.param, tmp_path_factory.mktemp("helm"))


@pytest.fixture(scope="session")
def helm4(tmp_path_factory: pytest.TempPathFactory) -> Helm:
    """For what is the chart's own affair and not Helm's: once is enough."""
    return a_helm(4, tmp_path_factory.mktemp("helm"))


def a_helm(major: Major, home: Path) -> Helm:
    if not runs_here():
        pytest.skip("the pinned Helm runs on Linux on x86_64 only; CI runs these tests")
    return Helm(program=helm_program(major), major=major, home=home)


@pytest.fixture
def bare_plane(tmp_path: Path) -> Iterator[ControlPlane]:
    """A real API server that has never known our kinds. A new one takes less time than deleting CRDs does."""
    if os.environ.get("TEST_CLUSTER"):
        pytest.skip("these tests replace CRDs, which no cluster in use should go through; unset TEST_CLUSTER")
    plane = ControlPlane(tmp_path / "plane", where_from(os.environ), death_signal=signal.SIGKILL)
    try:
        plane.start()
        yield plane
    finally:
        plane.stop()
        plane.discard()
