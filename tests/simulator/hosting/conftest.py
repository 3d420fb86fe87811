from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from sagemaker_simulator.hosting.limits import Limits
from tests.simulator.hosting.hosting_world import HostingWorld, processes_in


@pytest.fixture
async def make_world(tmp_path: Path) -> AsyncIterator[Callable[[Limits], HostingWorld]]:
    """Worlds with limits of their own. Whatever the test did, nothing of them outlives it."""
    worlds: list[HostingWorld] = []

    def make(limits: Limits) -> HostingWorld:
        worlds.append(HostingWorld(work_directory=tmp_path / f"world{len(worlds)}", limits=limits))
        return worlds[-1]

    yield make
    for world in worlds:
        await world.hosting.close()
    assert processes_in(tmp_path) == []


@pytest.fixture
def world(make_world: Callable[[Limits], HostingWorld]) -> HostingWorld:
    return make_world(Limits(startup_seconds=15, stop_grace_seconds=5))
