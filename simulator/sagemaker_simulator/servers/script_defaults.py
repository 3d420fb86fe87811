"""What a framework's container does where the script has no function of its own.

Source: aws/sagemaker-scikit-learn-container (serving.py) and aws/sagemaker-pytorch-inference-toolkit
(default_pytorch_inference_handler.py).
"""

import importlib
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from sagemaker_simulator.servers.script_arrays import JSON, TEXT_TYPES, decode, encode

_TORCH_FILES = (".pt", ".pth")


class CannotServeError(Exception):
    """The model cannot be served here; the text says why and what to do."""


class Defaults(Protocol):
    """The functions of the contract."""

    def model_fn(self, model_dir: str) -> Any: ...
    def input_fn(self, body: str | bytes, content_type: str) -> Any: ...
    def predict_fn(self, data: Any, model: Any) -> Any: ...
    def output_fn(self, prediction: Any, accept: str) -> Any: ...


class ScikitLearn:
    """The scikit-learn container: it has no way to load a model without a script."""

    def model_fn(self, model_dir: str) -> Any:
        raise CannotServeError(
            f"Please provide a model_fn implementation: {model_dir} has no script with one, and AWS's scikit-learn "
            "container does not load a model by itself; put inference.py with model_fn into code/ of model.tar.gz and "
            "set SAGEMAKER_PROGRAM"
        )

    def input_fn(self, body: str | bytes, content_type: str) -> Any:
        array = decode(body, content_type)
        return array.astype(np.float32) if content_type in TEXT_TYPES else array

    def predict_fn(self, data: Any, model: Any) -> Any:
        return model.predict(data)

    def output_fn(self, prediction: Any, accept: str) -> Any:
        return encode(prediction, accept)


class PyTorch:
    """The PyTorch container: it loads one TorchScript file."""

    def model_fn(self, model_dir: str) -> Any:
        folder = Path(model_dir)
        files = sorted(file.name for file in folder.iterdir() if file.is_file() and file.suffix in _TORCH_FILES)
        chosen = "model.pt" if "model.pt" in files else files[0] if len(files) == 1 else None
        if chosen is None:
            raise CannotServeError(
                f"Exactly one .pth or .pt file is required for PyTorch models, there are {files}; or give model_fn in "
                "code/inference.py"
            )
        model = _torch().jit.load(str(folder / chosen), map_location="cpu")
        model.eval()
        return model

    def input_fn(self, body: str | bytes, content_type: str) -> Any:
        array = decode(body, content_type)
        return _torch().FloatTensor(array) if content_type in TEXT_TYPES else _torch().from_numpy(array)

    def predict_fn(self, data: Any, model: Any) -> Any:
        with _torch().no_grad():
            return model(data)

    def output_fn(self, prediction: Any, accept: str) -> Any:
        if isinstance(prediction, _torch().Tensor):
            prediction = prediction.detach().cpu().numpy().tolist()
        return encode(prediction, accept)


DEFAULT_ACCEPT = JSON


def _torch() -> Any:
    try:
        return importlib.import_module("torch")
    except ImportError as error:
        raise CannotServeError(
            f"this server's Python has no torch ({error}); install it there, or give functions in code/inference.py "
            "that do without"
        ) from error
