"""The figures at 1, 100 and 1,000 endpoints, of the operator or of another controller in its place; and of models."""

import os
import sys
import tempfile
from pathlib import Path

from devworld.environment import clear_inherited
from devworld.settings import dev_dir
from tests.bench import modelreport, models, report
from tests.bench.contender import Contender
from tests.bench.options import ModelSize, Options, parse
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
    if options.sizes:
        _bench_endpoints(options)
    if options.models is not None:
        _bench_models(options.models)


def _bench_endpoints(options: Options) -> None:
    contender: Contender = options.peer or OurOperator()
    creating, conditions = options.creating_seconds, contender.conditions
    results = []
    for size in options.sizes:
        print(f"bench: {size:,} endpoints", flush=True)
        with tempfile.TemporaryDirectory(prefix="bench-") as directory:
            results.append(run(size, Path(directory), contender=contender, creating_seconds=creating))
        print(report.table(results, conditions=conditions, creating_seconds=creating), flush=True)
    path = _file("controller" if options.peer else "endpoints")
    report.write(results, path, conditions=conditions, creating_seconds=creating)
    print(f"bench: written to {path}")


def _bench_models(size: ModelSize) -> None:
    print(f"bench: {size.models:,} InferenceModels beside {size.beside:,} endpoints", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        figures = models.run(size, Path(directory))
    conditions, path = OurOperator().conditions, _file("models")
    print(modelreport.table(figures, conditions=conditions), flush=True)
    modelreport.write(figures, path, conditions=conditions)
    print(f"bench: written to {path}")


def _file(name: str) -> Path:
    return dev_dir(os.environ) / "bench" / f"{name}.json"


def _refuse_a_cluster_of_the_users() -> None:
    """Its audit log cannot be read here, and another controller would get every right in it."""
    asked = os.environ.get("TEST_CLUSTER")
    if asked:
        raise ExpectedError(f"TEST_CLUSTER={asked}: figures are taken in a control plane of their own; unset it")


if __name__ == "__main__":
    sys.exit(main())
