"""The words of the benchmark's command line, checked before anything is started: a wrong one is a sentence."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.amounts import count, seconds
from tests.bench.peer import Peer
from tests.bench.peeroptions import add_peer_options, peer_of
from tests.bench.refusal import OptionError
from tests.bench.scenario import CREATING_SECONDS

SIZES = (1, 100, 1000)


@dataclass(frozen=True, kw_only=True)
class ModelSize:
    """How many InferenceModels, beside how many endpoints that are none of theirs."""

    models: int
    beside: int


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is measured, and at which sizes."""

    sizes: list[int]
    models: ModelSize | None
    """After the sizes; None: no models."""
    creating_seconds: float
    peer: Peer | None
    """None: our own operator."""


def parse(words: Sequence[str], *, description: str | None) -> Options:
    """Raises OptionError; SystemExit for --help and for what argparse refuses."""
    given = _parser(description).parse_args(words)
    if any(size < 1 for size in given.sizes):
        raise OptionError(f"SIZE {min(given.sizes)}: give numbers of endpoints, 1 or more")
    models = _models(given)
    creating = seconds("--creating-seconds", given.creating_seconds)
    return Options(
        sizes=given.sizes or ([] if models else list(SIZES)),
        models=models,
        creating_seconds=CREATING_SECONDS if creating is None else creating,
        peer=peer_of(given),
    )


def _parser(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=description)
    parser.add_argument(
        "sizes",
        nargs="*",
        type=int,
        default=[],
        metavar="SIZE",
        help="numbers of endpoints (default 1 100 1000, and none with --models)",
    )
    parser.add_argument(
        "--creating-seconds",
        metavar="S",
        help=f"SageMaker's time for a creation, to which up to 30 s are added (default {CREATING_SECONDS:g})",
    )
    models = parser.add_argument_group("models", "measured after the endpoints, in a world of their own")
    models.add_argument("--models", metavar="N", help="so many InferenceModels of one multi-model endpoint")
    models.add_argument("--beside", metavar="M", help="so many other endpoints, Ready and at rest (default 0)")
    add_peer_options(parser)
    return parser


def _models(given: argparse.Namespace) -> ModelSize | None:
    models = count("--models", given.models, of="InferenceModels", at_least=1)
    beside = count("--beside", given.beside, of="endpoints", at_least=0)
    if models is None:
        if beside is not None:
            raise OptionError("--beside: only with --models, which says how many models those endpoints stand beside")
        return None
    if given.controller is not None:
        raise OptionError("--models: not with --controller; only our own operator has InferenceModels")
    return ModelSize(models=models, beside=beside or 0)
