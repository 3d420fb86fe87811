"""`python -m tests.bench [SIZE ...]`: the operator with 1, 100 and 1,000 endpoints."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from devworld.environment import clear_inherited
from devworld.settings import dev_dir
from tests.bench import report
from tests.bench.scenario import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1, 100, 1000], metavar="SIZE")
    sizes = parser.parse_args().sizes
    clear_inherited(os.environ)
    results = []
    for size in sizes:
        print(f"bench: {size:,} endpoints", flush=True)
        with tempfile.TemporaryDirectory(prefix="bench-") as directory:
            results.append(run(size, Path(directory)))
        print(report.table(results), flush=True)
    print(f"bench: written to {report.write(results, dev_dir(os.environ) / 'bench')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
