"""The promise of the figures that leader_kills.py prints."""

from pathlib import Path

import pytest

from tests.chaos import leader_kills


@pytest.mark.timeout(400)
def test_twenty_kills_of_the_leader_in_a_row_do_nothing_twice_and_leave_nobody_without_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = leader_kills.run(tmp_path / "world")
    with capsys.disabled():
        print(f"\n{report.table()}")
    assert len(report.without_leader) == leader_kills.KILLS
    assert report.changes > 10 * leader_kills.KILLS, "there was too little to do for this to show anything"
    assert report.doubled == []
    assert report.left_over == []
    assert max(report.without_leader) < 2 * report.lease_seconds
