"""The figures of docs/benchmarks.md on Pods: python -m tests.node.operators. Builds the image and starts a node."""

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from devworld.environment import clear_inherited
from devworld.images.building import built
from devworld.images.recipes import OPERATOR
from tests.controlplane.expected import ExpectedError
from tests.helm.helm import Helm
from tests.helm.programs import helm_program
from tests.node.operators import figures
from tests.node.operators.ground import Ground
from tests.node.operators.release import OperatorRelease


def main() -> int:
    """The exit code: 0, or 1 for what a user can mend."""
    options = _options()
    clear_inherited(os.environ)
    try:
        with tempfile.TemporaryDirectory(prefix="operators-") as directory:
            _on_a_node(Path(directory), options)
    except ExpectedError as error:
        print(f"figures of Pods: {error}", file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.node.operators", description=__doc__)
    parser.add_argument("--deletions", type=int, default=20, help="how often the leader's Pod is deleted")
    parser.add_argument("--kills", type=int, default=5, help="how often the leader is killed, its Lease running out")
    parser.add_argument("--starts", type=int, default=5, help="how many Pods are timed as they start")
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=[0, 100, 1000], help="endpoints at which memory is read"
    )
    return parser.parse_args()


def _on_a_node(directory: Path, options: argparse.Namespace) -> None:
    helm = Helm(program=helm_program(4), major=4, home=directory / "helm")
    with Ground.begun(directory, archives=[built(OPERATOR).archive]) as ground:
        release = OperatorRelease(ground, helm)
        release.install()
        _print_memory(release, options.sizes)
        _print_start_ups(release, options.starts)
        for way, departures in figures.leaders_that_go(release, deleted=options.deletions, killed=options.kills):
            print(f"\nleaders that are {way}\n{departures.table()}", flush=True)
        release.close()


def _print_memory(release: OperatorRelease, sizes: list[int]) -> None:
    print("\nMiB                  leader: rss, working set, peak      standby")
    for row in figures.memory_by_endpoints(release, sizes):
        both = (f"{each.rss:7.0f} {each.working_set:7.0f} {each.peak:7.0f}" for each in (row.leader, row.standby))
        print(f"{row.endpoints:>6,} endpoints   {'        '.join(both)}", flush=True)


def _print_start_ups(release: OperatorRelease, times: int) -> None:
    if times:
        took = figures.start_ups(release, times)
        words = f"p50 {statistics.median(took):.1f} s, max {max(took):.1f} s"
        print(f"\na Pod is Ready after {words} ({times} times, the image on the node)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
