"""The worlds that tests run in: real programs, one set per test worker, gone with it however it ends."""

import os
import signal
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer

from devworld import cluster
from devworld.environment import clear_inherited
from devworld.settings import Settings
from devworld.world import World
from tests.controlplane.controlplane import ControlPlane
from tests.controlplane.source import where_from
from tests.rights import wholeness
from tests.scheduling import ByFile

# requirements/validators.in says why they are not in the environment itself.
VALIDATORS = f"{sys.prefix}/validators"
TIME_SCALE = 600.0  # ten minutes of SageMaker in one second

# The same examples in every run, however slow the machine is: what fails, fails for everybody.
settings.register_profile(
    "the same everywhere",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("the same everywhere")


def pytest_configure() -> None:
    """No test can see the user's AWS or, unless asked for with TEST_CLUSTER=existing, his cluster."""
    clear_inherited(os.environ)
    sys.path.append(VALIDATORS)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    return ByFile(config, log)


def pytest_collection_finish(session: pytest.Session) -> None:
    """The recording of rights says of which tests it is."""
    wholeness.keep_extent(session)


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """An API server with our kinds installed and nobody acting on them."""
    plane = ControlPlane(tmp_path_factory.mktemp("control-plane"), where_from(os.environ), death_signal=signal.SIGKILL)
    try:
        plane.start()
        cluster.install_kinds(plane.kubectl)
        yield plane
    finally:
        plane.stop()
        plane.discard()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A control plane, the simulator as AWS, and the operator between them."""
    started = World.start(tmp_path_factory.mktemp("world"), Settings(time_scale=TIME_SCALE), die_with_parent=True)
    try:
        yield started
    finally:
        started.stop()
        started.control_plane.discard()
