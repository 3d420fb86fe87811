"""Which program stands in for an image.

There is no container engine here: an image is a name, and this module says which local command keeps its contract.
"""

import fnmatch
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sagemaker_simulator.servers.triton.index_variables import index_variables

_PACKAGE_PARENT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class ServerCommand:
    """The whole command line that takes the place of `docker run IMAGE serve`; nothing is appended to it.

    `env` is what the image's ENV lines would set: the model's Environment and SageMaker's own variables win over it.
    """

    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


def server_for(image: str, *, settings: Mapping[str, ServerCommand]) -> ServerCommand | None:
    """The command for an image: the longest matching glob of the settings, else of the built-in ones, else None."""
    return _longest_match(image, settings) or _longest_match(image, BUILT_IN)


def _longest_match(image: str, commands: Mapping[str, ServerCommand]) -> ServerCommand | None:
    matching = [glob for glob in commands if fnmatch.fnmatchcase(image, glob)]
    # Two globs of one length: the alphabet decides, so that the answer does not hang on the order of a dict.
    return commands[max(matching, key=lambda glob: (len(glob), glob))] if matching else None


def _own_server(module: str, *arguments: str, env: Mapping[str, str] | None = None) -> ServerCommand:
    return ServerCommand(
        command=(sys.executable, "-m", f"sagemaker_simulator.servers.{module}", *arguments),
        # The simulator may run from a source tree that its interpreter does not know by itself.
        env={"PYTHONPATH": str(_PACKAGE_PARENT), "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": "1", **(env or {})},
    )


BUILT_IN: Mapping[str, ServerCommand] = {
    "*sagemaker-tritonserver*": _own_server("triton", env=index_variables()),
    "*sagemaker-xgboost:*": _own_server("xgboost_server"),
    "*sagemaker-scikit-learn:*": _own_server("script_server", "scikit-learn"),
    "*/pytorch-inference:*": _own_server("script_server", "pytorch"),
    "*/huggingface-pytorch-inference:*": _own_server("script_server", "hugging-face"),
    "*/huggingface-pytorch-inference-neuron:*": _own_server("script_server", "hugging-face"),
    "*/huggingface-pytorch-inference-neuronx:*": _own_server("script_server", "hugging-face"),
    "*/huggingface-tensorflow-inference:*": _own_server("script_server", "hugging-face"),
}
