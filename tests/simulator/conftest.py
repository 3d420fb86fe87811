"""One simulator for the whole folder, empty at the start of every test."""

from collections.abc import Iterator

import pytest

from tests.simulator.running import RunningSimulator
from tests.simulator.world import World

PATIENT_SECONDS = 15.0  # real, until a request is answered with a time-out


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


@pytest.fixture(scope="session")
def shared_patient_world() -> Iterator[World]:
    simulator = RunningSimulator(settings={}, invocation_seconds=PATIENT_SECONDS)
    simulator.start()
    world = World(simulator.url)
    yield world
    world.close()
    simulator.stop()


@pytest.fixture
def patient_world(shared_patient_world: World) -> World:
    """An empty simulator for requests that wait for something which the test itself makes happen."""
    shared_patient_world.do("POST", "/reset")
    shared_patient_world.do("POST", "/clock", {"scale": 1})
    return shared_patient_world
