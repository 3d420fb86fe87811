"""The containers that run scripts, by the name that the server is started with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sagemaker_simulator.servers.hugging_face import HuggingFace
from sagemaker_simulator.servers.script_defaults import Defaults, PyTorch, ScikitLearn
from sagemaker_simulator.servers.script_failures import Failure, hugging_face_failure, inference_toolkit_failure


@dataclass(frozen=True, kw_only=True)
class Framework:
    """What a container does beside what the script does."""

    defaults: Defaults
    failure: Callable[[Exception], Failure]


def framework_of(name: str, environment: Mapping[str, str]) -> Framework:
    """The framework of that name. Raises CannotServeError for an environment that it cannot serve, KeyError."""
    if name == "hugging-face":
        return Framework(defaults=HuggingFace(environment), failure=hugging_face_failure)
    defaults: Mapping[str, Defaults] = {"scikit-learn": ScikitLearn(), "pytorch": PyTorch()}
    return Framework(defaults=defaults[name], failure=inference_toolkit_failure)
