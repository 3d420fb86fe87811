"""Request bodies as a transformers pipeline takes them, and what it answers as bodies.

Source: aws/sagemaker-huggingface-inference-toolkit (decoder_encoder.py). Images are not read here: they would need
Pillow for nothing but scripts that can read them themselves.
"""

import csv
import io
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sagemaker_simulator.servers.script_arrays import CSV, JSON, NPY, UnsupportedTypeError
from sagemaker_simulator.servers.script_arrays import decode as decode_array
from sagemaker_simulator.servers.script_arrays import encode as encode_array

_AUDIO = frozenset({"audio/x-flac", "audio/mpeg", "audio/wave", "audio/ogg", "audio/x-audio"})
_HEADERS = ("question", "context", "inputs")


def decode(body: str | bytes, kind: str) -> Any:
    """Return what a body holds, `inputs` and perhaps `parameters`. Raises UnsupportedTypeError, ValueError."""
    if kind == JSON:
        return json.loads(body)
    if kind == CSV and isinstance(body, str):
        return _table(body)
    if kind == NPY:
        return decode_array(body, kind)
    if kind in _AUDIO and isinstance(body, bytes):
        return {"inputs": body}
    raise UnsupportedTypeError(kind)


def encode(prediction: Any, kind: str) -> str | bytes:
    """Return the body for what was predicted. Raises UnsupportedTypeError, TypeError, ValueError."""
    if kind == JSON:
        return json.dumps(prediction, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)
    if kind == CSV:
        return _lines(prediction)
    if kind == NPY:
        return encode_array(prediction, kind)
    raise UnsupportedTypeError(kind)


def _table(text: str) -> dict[str, Any]:
    """The rows of a CSV with a header: the column `inputs` where there is one, else whole rows."""
    header = text.partition("\n")[0].lower()
    if not any(name in header for name in _HEADERS):
        raise ValueError(f"text/csv needs a header line with a column of {', '.join(_HEADERS)}")
    rows = list(csv.DictReader(io.StringIO(text)))
    if rows and "inputs" in rows[0]:
        return {"inputs": [row["inputs"] for row in rows]}
    return {"inputs": rows}


def _lines(prediction: Any) -> str:
    rows = prediction if isinstance(prediction, list) else list(prediction)
    if not rows or not isinstance(rows[0], Mapping):
        raise TypeError(f"text/csv is for a list of objects, and {type(prediction).__name__} is none; ask for {JSON}")
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _plain(value: Any) -> Any:
    """Numbers and arrays of numpy and its like; moments."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, datetime):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
