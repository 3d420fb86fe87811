"""One simulator for a worker: its program, as a user starts it; an account for each test, new."""

import signal
from collections.abc import Iterator

import pytest

from devworld import recipes
from devworld.settings import Settings
from tests.clients.account import Account
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
def account(simulator: str) -> Account:
    account = Account.opened(simulator)
    return account
