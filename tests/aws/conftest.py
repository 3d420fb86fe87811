"""One simulator for the whole folder, and boto3 pointed at it: the AWS room over HTTP, without an API server."""

from collections.abc import Iterator

import pytest

from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.health import AwsHealth
from endpoint_operator.aws.preflight import Preflight
from endpoint_operator.aws.session import Clients
from tests.aws.looker import Looker, nothing_is_written
from tests.simulator.running import RunningSimulator
from tests.simulator.world import REGION, World


@pytest.fixture(scope="session")
def simulator() -> Iterator[RunningSimulator]:
    running = RunningSimulator(settings={})
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def shared_world(simulator: RunningSimulator) -> Iterator[World]:
    world = World(simulator.url)
    yield world
    world.close()


@pytest.fixture
def empty_world(shared_world: World) -> World:
    """As it was at the start: nothing there, no faults, time as it passes."""
    shared_world.do("POST", "/reset")
    shared_world.do("DELETE", "/faults")
    shared_world.do("POST", "/clock", {"scale": 1})
    return shared_world


@pytest.fixture
def calls(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    """The operator's own calls, which may write."""
    for name, value in (
        ("AWS_ENDPOINT_URL", world.url),
        ("AWS_ACCESS_KEY_ID", "operator"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ):
        monkeypatch.setenv(name, value)
    made = Calls(clients=Clients(region=REGION), health=AwsHealth(), may_write=lambda: None)
    yield made
    made.close()


@pytest.fixture
def operator(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Looker]:
    """Preflight with the operator's own calls."""
    for name, value in (
        ("AWS_ENDPOINT_URL", world.url),
        ("AWS_ACCESS_KEY_ID", "operator"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ):
        monkeypatch.setenv(name, value)
    calls = Calls(clients=Clients(region=REGION), health=AwsHealth(), may_write=nothing_is_written)
    yield Looker(calls, Preflight(calls))
    calls.close()
