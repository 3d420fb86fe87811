"""The promise of docs/decisions/002: killed between any two writes, the operator ends the work exactly once."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devworld.prerequisites import make_execution_role
from devworld.settings import Settings
from devworld.world import World
from tests.chaos.kill.campaign import Campaign
from tests.chaos.kill.conftest import TABLE
from tests.chaos.kill.pace import FRESH
from tests.chaos.kill.table import table_of


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A control plane and AWS; the operators are the test's own."""
    started = World.start(tmp_path, Settings(time_scale=FRESH.time_scale, operator=False), die_with_parent=True)
    try:
        make_execution_role(started)
        yield started
    finally:
        started.stop()
        started.control_plane.discard()


@pytest.mark.timeout(1200)  # five minutes on two idle cores
def test_killed_after_any_single_write_the_operator_ends_the_work_exactly_once(
    world: World, record_property: Callable[[str, object], None]
) -> None:
    began = time.monotonic()
    campaign = Campaign(world)
    campaign.run()
    results = [campaign.results[number] for number in sorted(campaign.results)]
    good = sum(result.good for result in results)
    total = f"{good} of {len(campaign.rows)} rows as they should be, {time.monotonic() - began:.0f} s"
    record_property(TABLE, f"{table_of(results)}\n\n{total}")
    assert not campaign.complaints, "\n".join(campaign.complaints)
    assert good == len(campaign.rows), f"{total}; the table below tells which, and why"
