"""The promise of docs/decisions/002: killed between any two writes, the operator ends the work exactly once."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devworld.world import World
from tests.chaos.kill.campaign import Campaign
from tests.chaos.kill.conftest import TABLE
from tests.chaos.kill.table import summary_of, wrong_in_short
from tests.chaos.kill.world_of_kills import world_of_kills


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_of_kills(tmp_path) as started:
        yield started


@pytest.mark.timeout(2400)  # for a hang alone; what a run takes grows with PHASES, and the line below the table says it
def test_killed_after_any_single_write_the_operator_ends_the_work_exactly_once(
    world: World, record_property: Callable[[str, object], None]
) -> None:
    began = time.monotonic()
    campaign = Campaign(world)
    campaign.run()
    results = [campaign.results[number] for number in sorted(campaign.results)]
    wrong = list(wrong_in_short(results))
    total = f"{len(results) - len(wrong)} of {len(campaign.rows)} rows as they should be"
    summary = f"{summary_of(results)}\n\n{total}, {time.monotonic() - began:.0f} s"
    record_property(TABLE, summary)
    # A log may keep only a part of a long table, and this line is what is looked for first.
    assert not [*wrong, *campaign.complaints], "\n".join([total, *wrong, *campaign.complaints])
    assert len(results) == len(campaign.rows), total
