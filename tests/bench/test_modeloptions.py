"""How many models, and beside how many endpoints: what the benchmark's command line takes, and what it refuses."""

import pytest

from tests.bench.options import ModelSize, parse
from tests.bench.refusal import OptionError


@pytest.mark.parametrize(
    ("given", "sizes", "models"),
    [
        (["--models", "50"], [], ModelSize(models=50, beside=0)),
        (["--models", "10000", "--beside", "1000"], [], ModelSize(models=10_000, beside=1000)),
        (["100", "--models", "50"], [100], ModelSize(models=50, beside=0)),
    ],
)
def test_models_are_measured_alone_unless_sizes_are_asked_for(
    given: list[str], sizes: list[int], models: ModelSize
) -> None:
    options = parse(given, description=None)
    assert (options.sizes, options.models) == (sizes, models)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (["--models", "0"], "--models 0: give a number of InferenceModels, 1 or more"),
        (["--models", "many"], "--models many: give a number of InferenceModels, 1 or more"),
        (["--models", "5", "--beside=-1"], "--beside -1: give a number of endpoints, 0 or more"),
        (["--beside", "5"], "--beside: only with --models"),
        (["1", "--beside", "5"], "--beside: only with --models"),
        (["--models", "5", "--controller", "true"], "--models: not with --controller"),
    ],
)
def test_models_that_cannot_be_measured_are_refused_by_name(given: list[str], complaint: str) -> None:
    with pytest.raises(OptionError, match=f"^{complaint}"):
        parse(given, description=None)
