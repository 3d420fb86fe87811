"""What the Hugging Face container does where the script has no function of its own: a pipeline of transformers.

Source: aws/sagemaker-huggingface-inference-toolkit (handler_service.py, transformers_utils.py). Two things are
less than there: the task is not guessed from config.json, and nothing is downloaded from the Hugging Face Hub.
"""

import importlib
from collections.abc import Mapping
from typing import Any

from sagemaker_simulator.servers.hugging_face_bodies import decode, encode
from sagemaker_simulator.servers.script_arrays import CSV
from sagemaker_simulator.servers.script_defaults import CannotServeError

_OF_FEATURES = frozenset(
    {
        "automatic-speech-recognition",
        "image-segmentation",
        "image-classification",
        "audio-classification",
        "object-detection",
        "zero-shot-image-classification",
    }
)
_NESTED = frozenset({"zero-shot-classification", "table-question-answering"})
_REMEDY = "or put code/inference.py with model_fn into model.tar.gz"


class HuggingFace:
    """The functions of the contract, for one model."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Raises CannotServeError."""
        self._task = environment.get("HF_TASK")
        hub_model = environment.get("HF_MODEL_ID")
        if hub_model:
            raise CannotServeError(
                f"HF_MODEL_ID={hub_model}: this server downloads nothing from the Hugging Face Hub; pack the model "
                "into model.tar.gz and unset HF_MODEL_ID"
            )

    def model_fn(self, model_dir: str) -> Any:
        if not self._task:
            raise CannotServeError(
                f"{model_dir}/code has no script with model_fn, and HF_TASK does not say which pipeline to load; set "
                f"HF_TASK (text-classification, ...), {_REMEDY}"
            )
        parts = "feature_extractor" if self._task in _OF_FEATURES else "tokenizer"
        return _transformers(self._task).pipeline(task=self._task, model=model_dir, device=-1, **{parts: model_dir})

    def input_fn(self, body: str | bytes, content_type: str) -> Any:
        if content_type == CSV and self._task in _NESTED:
            raise ValueError(f"HF_TASK {self._task} does not take {CSV}: its inputs are nested; send JSON")
        return decode(body, content_type)

    def predict_fn(self, data: Any, model: Any) -> Any:
        """Give the model the body's `inputs` (the whole body where there are none), and its `parameters` by name."""
        inputs = data.pop("inputs", data)
        parameters = data.pop("parameters", None)
        return model(inputs) if parameters is None else model(inputs, **parameters)

    def output_fn(self, prediction: Any, accept: str) -> Any:
        return encode(prediction, accept)


def _transformers(task: str) -> Any:
    try:
        return importlib.import_module("transformers")
    except ImportError as error:
        raise CannotServeError(
            f"HF_TASK={task} needs a pipeline of transformers, which this server's Python does not have ({error}); "
            f"install transformers and torch there, {_REMEDY}"
        ) from error
