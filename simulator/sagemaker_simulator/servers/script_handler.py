"""A user's script with the model that it loads: the functions of AWS's inference toolkits, run in their order.

Source: aws/sagemaker-inference-toolkit (transformer.py, environment.py) and "Adapt your own inference container" in the
SageMaker Developer Guide: model_fn, and either transform_fn or input_fn, predict_fn and output_fn; each may take the
model server's context as one argument more, of which system_properties is there.
"""

import importlib.util
import inspect
import json
import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from sagemaker_simulator.servers.script_arrays import TEXT_TYPES
from sagemaker_simulator.servers.script_defaults import DEFAULT_ACCEPT, CannotServeError, Defaults

_LOG = logging.getLogger(__name__)
_MODEL_FOLDER = "/opt/ml/model"
_DEFAULT_PROGRAM = "inference.py"


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A body and its type."""

    body: bytes
    content_type: str


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a function learns of the server that calls it (awslabs/multi-model-server, context.py). There is no GPU."""

    system_properties: Mapping[str, Any]


class Handler:
    """A model that is loaded, and what is done with a request."""

    def __init__(self, *, model: Any, transform: Callable[..., Any], default_accept: str, context: Context) -> None:
        self._model = model
        self._transform = transform
        self._default_accept = default_accept
        self._context = context

    def answer(self, body: bytes, *, content_type: str, accept: str | None) -> Answered:
        """Return what the script makes of a request. Raises UnsupportedTypeError, or whatever the script raises."""
        wanted = accept if accept and accept != "*/*" else self._default_accept
        kind = content_type.partition(";")[0].strip().lower()
        data = body.decode() if kind in TEXT_TYPES else body
        result = _call(self._transform, self._model, data, kind, wanted, context=self._context)
        if isinstance(result, tuple):
            result, wanted = result
        return Answered(body=_body(result), content_type=wanted)


def load_handler(model_dir: Path, *, defaults: Defaults, environment: Mapping[str, str]) -> Handler:
    """Import the script, load the model. Raises CannotServeError, or whatever the script raises."""
    script = _script(model_dir, environment)
    given = {name: getattr(script, name, None) for name in ("transform_fn", "input_fn", "predict_fn", "output_fn")}
    if given["transform_fn"] is not None and any(given[name] for name in given if name != "transform_fn"):
        raise CannotServeError("the script has transform_fn together with input_fn, predict_fn or output_fn; leave one")
    context = Context(system_properties={"model_dir": str(model_dir), "gpu_id": None, "batch_size": 1})
    model = _call(getattr(script, "model_fn", None) or defaults.model_fn, str(model_dir), context=context)
    return Handler(
        model=model,
        transform=given["transform_fn"] or _in_steps(given, defaults, context),
        default_accept=environment.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", DEFAULT_ACCEPT),
        context=context,
    )


def _in_steps(given: Mapping[str, Any], defaults: Defaults, context: Context) -> Callable[..., Any]:
    read = given["input_fn"] or defaults.input_fn
    predict = given["predict_fn"] or defaults.predict_fn
    write = given["output_fn"] or defaults.output_fn

    def transform(model: Any, body: str | bytes, content_type: str, accept: str) -> Any:
        data = _call(read, body, content_type, context=context)
        prediction = _call(predict, data, model, context=context)
        return _call(write, prediction, accept, context=context)

    return transform


def _call(function: Callable[..., Any], *arguments: Any, context: Context) -> Any:
    """Call with the arguments, and with the context when the function has room for one more."""
    takes_context = len(inspect.signature(function).parameters) == len(arguments) + 1
    return function(*arguments, context) if takes_context else function(*arguments)


def _body(result: Any) -> bytes:
    """What is neither text nor bytes is written as JSON, as the model server does (its otf_message_handler.py)."""
    if isinstance(result, bytes | bytearray | memoryview):
        return bytes(result)
    return (result if isinstance(result, str) else json.dumps(result, indent=2)).encode()


def _script(model_dir: Path, environment: Mapping[str, str]) -> ModuleType | None:
    """Return the script, None when there is none and none was named."""
    named = environment.get("SAGEMAKER_PROGRAM") or None  # the SageMaker SDK sets both to nothing without a script
    folder = _code_folder(model_dir, environment)
    path = folder / (named or _DEFAULT_PROGRAM)
    if path.suffix != ".py":
        path = path.with_name(f"{path.name}.py")
    if not path.is_file():
        if named is None:
            return None
        raise CannotServeError(f"SAGEMAKER_PROGRAM={named}: there is no {path}; put it into code/ of model.tar.gz")
    if (folder / "requirements.txt").exists():
        _LOG.warning(
            "%s is not installed here: what it lists must be in this server's Python", folder / "requirements.txt"
        )
    sys.path.insert(0, str(folder))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise CannotServeError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    _LOG.info("the script is %s", path)
    return module


def _code_folder(model_dir: Path, environment: Mapping[str, str]) -> Path:
    """Return where the script lies: SAGEMAKER_SUBMIT_DIRECTORY within the model, else code/."""
    asked = environment.get("SAGEMAKER_SUBMIT_DIRECTORY")
    if not asked:
        return model_dir / "code"
    if not asked.startswith(_MODEL_FOLDER):
        raise CannotServeError(
            f"SAGEMAKER_SUBMIT_DIRECTORY={asked}: this server reads scripts of the model's own archive only; put them "
            f"into code/ of model.tar.gz and set {_MODEL_FOLDER}/code"
        )
    return model_dir / Path(asked).relative_to(_MODEL_FOLDER)
