"""Arrays from request bodies and into answers, where a script brings no input_fn or output_fn of its own.

The forms are those of aws/sagemaker-inference-toolkit (decoder.py, encoder.py): JSON, CSV and NPY. Unlike there, an NPY
body with pickled objects is refused: it would run whatever code it holds.
"""

import io
import json
from typing import Any

import numpy as np
import numpy.typing as npt

JSON, CSV, NPY = "application/json", "text/csv", "application/x-npy"
TEXT_TYPES = frozenset({JSON, CSV})


class UnsupportedTypeError(Exception):
    """A content type that is not read, or not written, here."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"Content type {kind} is not supported. Supported are {JSON}, {CSV} and {NPY}.")


def decode(body: str | bytes, kind: str) -> npt.NDArray[Any]:
    """Return the array of a body, which is text for text types. Raises UnsupportedTypeError, ValueError."""
    if kind == JSON:
        return np.array(json.loads(body))
    if kind == CSV and isinstance(body, str):
        return np.asarray(np.genfromtxt(io.StringIO(body), delimiter=","))
    if kind == NPY and isinstance(body, bytes):
        return np.asarray(np.load(io.BytesIO(body), allow_pickle=False))
    raise UnsupportedTypeError(kind)


def encode(value: Any, kind: str) -> str | bytes:
    """Return the body for an array, or for what is like one. Raises UnsupportedTypeError, TypeError."""
    if kind == JSON:
        return json.dumps(value, default=_listed)
    if kind == CSV:
        text = io.StringIO()
        np.savetxt(text, value, delimiter=",", fmt="%s")
        return text.getvalue()
    if kind == NPY:
        data = io.BytesIO()
        np.save(data, value, allow_pickle=False)
        return data.getvalue()
    raise UnsupportedTypeError(kind)


def _listed(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
