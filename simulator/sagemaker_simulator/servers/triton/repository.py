"""Which folder tritonserver takes its models from, and which model it starts with.

As `serve` of AWS's image decides it (triton-inference-server/server, docker/sagemaker/serve).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sagemaker_simulator.servers.triton.arguments import DEFAULT_MODEL_NAME, is_multi_model
from sagemaker_simulator.servers.triton.cannot_serve import CannotServeError


@dataclass(frozen=True, kw_only=True)
class Repository:
    """`model` is the one that /invocations asks; None where models come with POST /models."""

    folder: Path
    model: str | None = None

    @property
    def arguments(self) -> tuple[str, ...]:
        load = () if self.model is None else (f"--load-model={self.model}",)
        return (f"--model-repository={self.folder}", *load)


def repository_for(environment: Mapping[str, str], *, model_directory: Path, empty: Path) -> Repository:
    """The model directory of a single-model endpoint, or the empty folder, made now, of a multi-model one.

    Raises:
        CannotServeError: the model directory does not hold what the image asks for.
    """
    if is_multi_model(environment):
        empty.mkdir(exist_ok=True)
        return Repository(folder=empty)
    if (model_directory / "config.pbtxt").is_file():
        raise CannotServeError(
            f"{model_directory} holds a config.pbtxt at its top: pack the model's folder, not its content, so that the "
            "archive holds NAME/config.pbtxt and NAME/1/"
        )
    wanted = environment.get(DEFAULT_MODEL_NAME)
    if wanted:
        if not (model_directory / wanted).is_dir():
            raise CannotServeError(
                f"{DEFAULT_MODEL_NAME}={wanted}, but {model_directory} has no folder of that name "
                f"(it has {_spoken(_folders(model_directory))})"
            )
        return Repository(folder=model_directory, model=wanted)
    return Repository(folder=model_directory, model=_only_folder(model_directory))


def _only_folder(model_directory: Path) -> str:
    folders = _folders(model_directory)
    if not folders:
        raise CannotServeError(f"{model_directory} has no model: it holds no folder NAME/ with NAME/config.pbtxt in it")
    if len(folders) > 1:
        raise CannotServeError(
            f"{model_directory} has several models ({_spoken(folders)}): name the one to ask, an ensemble typically, "
            f"in {DEFAULT_MODEL_NAME} of the model's Environment"
        )
    return folders[0]


def _folders(directory: Path) -> list[str]:
    return sorted(each.name for each in directory.iterdir() if each.is_dir()) if directory.is_dir() else []


def _spoken(names: list[str]) -> str:
    return ", ".join(names) or "none"
