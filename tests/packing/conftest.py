"""A bucket of each test's own in one simulator, and the packer run as a process with boto3's own settings."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.packing.packer import Bucket
from tests.simulator.running import RunningSimulator
from tests.simulator.world import World


@pytest.fixture(scope="session")
def simulated() -> Iterator[World]:
    simulator = RunningSimulator(settings={})
    simulator.start()
    world = World(simulator.url)
    yield world
    world.close()
    simulator.stop()


@pytest.fixture
def bucket(simulated: World, tmp_path: Path) -> Iterator[Bucket]:
    simulated.do("POST", "/reset")
    made = Bucket(simulated, logs=tmp_path)
    yield made
    simulated.do("DELETE", "/faults")


@pytest.fixture(autouse=True)
def nothing_of_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
