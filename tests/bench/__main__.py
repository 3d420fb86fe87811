"""The figures at 1, 100 and 1,000 endpoints: of the operator, or of another controller in its place."""

import os
import sys
import tempfile
from pathlib import Path

from devworld.environment import clear_inherited
from devworld.settings import dev_dir
from tests.bench import report
from tests.bench.contender import Contender
from tests.bench.options import Options, parse
from tests.bench.ours import OurOperator
from tests.bench.scenario import run
from tests.controlplane.expected import ExpectedError


def main() -> int:
    """The exit code: 0, or 1 for what a user can mend."""
    try:
        options = parse(sys.argv[1:], description=__doc__)
        clear_inherited(os.environ)
        _refuse_a_cluster_of_the_users()
        _bench(options)
    except ExpectedError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    return 0


def _bench(options: Options) -> None:
    contender: Contender = options.peer or OurOperator()
    creating, conditions = options.creating_seconds, contender.conditions
    results = []
    for size in options.sizes:
        print(f"bench: {size:,} endpoints", flush=True)
        with tempfile.TemporaryDirectory(prefix="bench-") as directory:
            results.append(run(size, Path(directory), contender=contender, creating_seconds=creating))
        print(report.table(results, conditions=conditions, creating_seconds=creating), flush=True)
    path = dev_dir(os.environ) / "bench" / ("controller.json" if options.peer else "endpoints.json")
    report.write(results, path, conditions=conditions, creating_seconds=creating)
    print(f"bench: written to {path}")


def _refuse_a_cluster_of_the_users() -> None:
    """Its audit log cannot be read here, and another controller would get every right in it."""
    asked = os.environ.get("TEST_CLUSTER")
    if asked:
        raise ExpectedError(f"TEST_CLUSTER={asked}: figures are taken in a control plane of their own; unset it")


if __name__ == "__main__":
    sys.exit(main())
