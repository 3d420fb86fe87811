"""A shared world for what may break, and each test's own place in it."""

import random
import re
from collections.abc import Iterator

import pytest

from tests.chaos.apiserver_proxy.proxy import ApiServerProxy
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import SharedWorld

_LONGEST = 24


@pytest.fixture(scope="session")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedWorld]:
    """Real API server, simulator and operator; objects of earlier tests stay in it and must not matter."""
    shared = SharedWorld.start(tmp_path_factory.mktemp("chaos"))
    try:
        yield shared
    finally:
        shared.stop()


@pytest.fixture(scope="session")
def proxy(shared_world: SharedWorld) -> Iterator[ApiServerProxy]:
    """Passes all through unless told otherwise; who is to go through it gets its kubeconfig."""
    plane = shared_world.world.control_plane
    upstream = f"https://127.0.0.1:{plane.apiserver.ports[0]}"
    started = ApiServerProxy(upstream=upstream, certificates=plane.certificates).start()
    try:
        yield started
    finally:
        started.stop()


@pytest.fixture
def world(shared_world: SharedWorld, request: pytest.FixtureRequest) -> Iterator[Scene]:
    """A namespace of the test's own in the shared world, without faults and with the operator running."""
    shared_world.make_whole()
    yield Scene(shared_world, namespace=namespace_of(request.node.name))
    shared_world.make_whole()


def namespace_of(test: str) -> str:
    """Readable, unique, and without hyphens: then the endpoint's name is plainly NAMESPACE-NAME."""
    plain = re.sub(r"[^a-z0-9]", "", test.removeprefix("test_").lower())[:_LONGEST]
    return f"t{plain}{random.randrange(16**5):05x}"  # noqa: S311 - no secret
