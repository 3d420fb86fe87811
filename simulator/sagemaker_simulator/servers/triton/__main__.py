"""Triton's container: `python -m sagemaker_simulator.servers.triton [--environment DIR] [--install]`.

It takes the environment that SageMaker gives a container, looks whether Triton can run, and becomes tritonserver.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

from sagemaker_simulator.servers.triton import preflight, shared_memory
from sagemaker_simulator.servers.triton.arguments import DEFAULT_MODEL_NAME, remarks_on, settings_of
from sagemaker_simulator.servers.triton.cannot_serve import CannotServeError
from sagemaker_simulator.servers.triton.environment import installed, put_stub
from sagemaker_simulator.servers.triton.index_variables import without_index_variables
from sagemaker_simulator.servers.triton.installation import Installation
from sagemaker_simulator.servers.triton.repository import Repository, repository_for


def main() -> None:
    """Exit code 1 with a sentence when Triton cannot serve what is asked for."""
    options = _parser().parse_args()
    try:
        if options.install:
            _installation(options.environment)
        else:
            _serve(options.environment)
    except (CannotServeError, OSError) as error:
        _say(f"cannot serve: {error}")
        sys.exit(1)


def _serve(environment: Path | None) -> NoReturn:
    # First what only the user can mend, and needs no install to be seen.
    settings = settings_of(os.environ)
    repository = repository_for(
        os.environ,
        model_directory=Path(os.environ.get("SM_MODEL_DIR", "/opt/ml/model")),
        empty=Path.cwd() / "no-models-at-start",
    )
    installation = _installation(environment)
    variables = without_index_variables(installation.environment(os.environ))
    variables.pop("PYTHONPATH", None)  # the simulator's own; the stub does not read it, a model's children would
    if repository.model is not None:
        variables[DEFAULT_MODEL_NAME] = repository.model
    preflight.look(installation, variables)
    shared_memory.sweep()
    command = _command(installation, repository, settings)
    _say_what_it_is(repository, command)
    sys.stdout.flush()
    os.execve(command[0], command, variables)  # noqa: S606 - becoming it is the point


def _installation(environment: Path | None) -> Installation:
    if environment is None:
        return installed(say=_say)
    installation = Installation(folder=environment.absolute())
    put_stub(installation)
    return installation


def _command(installation: Installation, repository: Repository, settings: tuple[str, ...]) -> tuple[str, ...]:
    return (
        str(installation.server),
        f"--backend-directory={installation.backends}",
        f"--backend-config=python,shm-region-prefix-name={shared_memory.own_prefix()}",
        *("--allow-sagemaker=true", "--allow-http=false", "--model-control-mode=explicit"),
        *repository.arguments,
        *settings,
    )


def _say_what_it_is(repository: Repository, command: tuple[str, ...]) -> None:
    for remark in remarks_on(os.environ):
        _say(remark)
    mode = "multi-model mode" if repository.model is None else f"model {repository.model}"
    _say(f"{mode}; this Triton has the python backend and ensembles, no other")
    _say(" ".join(command))


def _say(sentence: str) -> None:
    print(f"triton: {sentence}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sagemaker_simulator.servers.triton", description=__doc__)
    parser.add_argument(
        "--environment",
        type=Path,
        metavar="DIR",
        help="a virtual environment of this Python with nvidia-pytriton and numpy below 2 (default: one that is made "
        "on first use in ~/.cache/sagemaker-endpoint-operator)",
    )
    parser.add_argument("--install", action="store_true", help="only make the environment, if it is not there yet")
    return parser


if __name__ == "__main__":
    main()
