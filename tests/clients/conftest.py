"""One simulator for a worker: its program, as a user starts it; an account for each test, new."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devworld import recipes
from devworld.settings import Settings
from devworld.simulator_control import SimulatorControl
from tests.clients.account import Account
from tests.clients.client import Client
from tests.clients.environments import environment_of
from tests.controlplane.part import Part

TIME_SCALE = 600.0  # ten minutes of SageMaker in one second


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its URL."""
    recipe = recipes.simulator(
        tmp_path_factory.mktemp("clients"), Settings(time_scale=TIME_SCALE), death_signal=signal.SIGTERM
    )
    part = Part(recipe)
    try:
        part.start()
        yield recipes.url(part.ports[0])
    finally:
        part.stop()


@pytest.fixture
def account(simulator: str) -> Iterator[Account]:
    """An empty account but for what a data scientist finds there. Nothing that a test did was answered with 501."""
    SimulatorControl(simulator).reset()
    account = Account.opened(simulator)
    yield account
    assert account.not_modelled() == []


@pytest.fixture
def opened(account: Account, tmp_path: Path) -> Callable[[str], Client]:
    """A client by the name of its pins."""
    return lambda name: Client(environment_of(name), account, tmp_path)
