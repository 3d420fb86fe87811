"""The shared world of a test worker, and each test's own place in it."""

import random
import re
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from tests.integration.vocabulary.scene import Scene
from tests.integration.vocabulary.shared_world import SharedWorld

PLACE = pytest.StashKey[Scene]()
_LONGEST = 24


@pytest.fixture(scope="session")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedWorld]:
    """Real API server, simulator and operator; objects of earlier tests stay in it and must not matter."""
    shared = SharedWorld.start(tmp_path_factory.mktemp("integration"))
    try:
        yield shared
    finally:
        shared.stop()


@pytest.fixture
def world(shared_world: SharedWorld, request: pytest.FixtureRequest) -> Iterator[Scene]:
    """A namespace of the test's own in the shared world, without faults and with the operator running."""
    shared_world.make_whole()
    scene = Scene(shared_world, namespace=_namespace(request.node.name))
    request.node.stash[PLACE] = scene
    yield scene
    shared_world.make_whole()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that failed shows what its part of the world looked like."""
    report = yield
    scene = item.stash.get(PLACE, None)
    if report.when == "call" and report.failed and scene is not None and not _says_it_already(call):
        report.sections.append(("the world when the test failed", scene.evidence()))
    return report


def _says_it_already(call: pytest.CallInfo[Any]) -> bool:
    return call.excinfo is not None and call.excinfo.typename == "DeadlineError"


def _namespace(test: str) -> str:
    """Readable, unique, and without hyphens: then the endpoint's name is plainly NAMESPACE-NAME."""
    plain = re.sub(r"[^a-z0-9]", "", test.removeprefix("test_").lower())[:_LONGEST]
    return f"t{plain}{random.randrange(16**5):05x}"  # noqa: S311 - no secret
