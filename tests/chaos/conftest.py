"""A shared world for what may break, and each test's own place in it."""

import random
import re
from collections.abc import Iterator

import pytest

from tests.chaos.apiserver_proxy.proxy import ApiServerProxy
from tests.chaos.through_proxy import operator_behind, proxy_before
from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import SharedWorld

_LONGEST = 24


@pytest.fixture(scope="session")
def _shared_world_and_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SharedWorld, ApiServerProxy]]:
    """The operator asks the API server through the proxy and resyncs as good as never, unless a test says otherwise."""
    shared = SharedWorld.start(tmp_path_factory.mktemp("chaos"))
    try:
        with proxy_before(shared.world.control_plane) as started, operator_behind(started, shared):
            yield shared, started
    finally:
        shared.stop()


@pytest.fixture(scope="session")
def shared_world(_shared_world_and_proxy: tuple[SharedWorld, ApiServerProxy]) -> SharedWorld:
    """Real API server, simulator and operator; objects of earlier tests stay in it and must not matter."""
    return _shared_world_and_proxy[0]


@pytest.fixture
def proxy(_shared_world_and_proxy: tuple[SharedWorld, ApiServerProxy]) -> Iterator[ApiServerProxy]:
    """Passes all through at first, and again afterwards."""
    started = _shared_world_and_proxy[1]
    yield started
    started.behave()


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
