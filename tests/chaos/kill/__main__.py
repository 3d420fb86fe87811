"""`python -m tests.chaos.kill --phase weights --write UpdateEndpoint`: some rows alone, for who looks into one."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.kill.campaign import Campaign
from tests.chaos.kill.extent import EVERYTHING, Extent
from tests.chaos.kill.phases import PHASES
from tests.chaos.kill.points import Meanwhile
from tests.chaos.kill.table import table_of
from tests.chaos.kill.world_of_kills import world_of_kills


def main() -> int:
    """Prints the table; 1 when something in it is wrong."""
    extent = _extent()
    with tempfile.TemporaryDirectory(prefix="kill-") as directory, world_of_kills(Path(directory)) as world:
        campaign = Campaign(world, extent)
        campaign.run()
    results = [campaign.results[number] for number in sorted(campaign.results)]
    print(table_of(results))
    print(*campaign.complaints, sep="\n")
    good = sum(result.good for result in results)
    print(f"{good} of {len(campaign.rows)} rows as they should be")
    return 0 if good == len(campaign.rows) and not campaign.complaints else 1


def _extent() -> Extent:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.kill", description=__doc__)
    parser.add_argument("--phase", action="append", default=[], choices=[phase.name for phase in PHASES])
    parser.add_argument("--write", action="append", default=[], help="what the write's name begins with")
    parser.add_argument("--meanwhile", type=Meanwhile, choices=list(Meanwhile))
    parser.add_argument("--answer", choices=("got", "lost"))
    parser.add_argument("--reads", choices=("fresh", "late"))
    parser.add_argument("--operators", type=int, default=EVERYTHING.fresh_slots, help="side by side")
    parser.add_argument("--late-operators", type=int, default=EVERYTHING.late_slots, help="with reads that lag")
    asked = parser.parse_args()
    return Extent(
        phases=tuple(asked.phase),
        writes=tuple(asked.write),
        meanwhile=asked.meanwhile,
        answered=None if asked.answer is None else asked.answer == "got",
        late=None if asked.reads is None else asked.reads == "late",
        fresh_slots=asked.operators,
        late_slots=0 if asked.reads == "fresh" else asked.late_operators,
    )


if __name__ == "__main__":
    sys.exit(main())
