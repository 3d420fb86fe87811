"""One simulator for the whole folder, empty at the start of every test."""

from collections.abc import Iterator

import pytest

from tests.simulator.running import RunningSimulator
from tests.simulator.world import World


@pytest.fixture(scope="session")
def shared_world() -> Iterator[World]:
    simulator = RunningSimulator(settings={})
    simulator.start()
    world = World(simulator.url)
    yield world
    world.close()
    simulator.stop()


@pytest.fixture
def world(shared_world: World) -> World:
    shared_world.do("POST", "/reset")
    shared_world.do("POST", "/clock", {"scale": 1})
    return shared_world
