"""Turns predictions into an answer's body, by the XGBoost container's rules.

The forms are those of aws/sagemaker-xgboost-container (algorithm_mode/serve.py: _parse_accept, invocations) and of the
SageMaker Developer Guide, "Common Data Formats for Inference".
"""

import json

import numpy as np
import numpy.typing as npt

CSV = "text/csv"
JSON = "application/json"


class NotAcceptableError(Exception):
    """The caller accepts only types that are not written here; the text is for the caller, who gets status 406."""


def accepted_type(accept: str | None, *, default: str) -> str:
    """The type to answer with. `default` is for callers that take anything. Raises NotAcceptableError."""
    kind = (accept or "").split(";")[0].strip().lower()
    if kind in ("", "*/*"):
        kind = default
    if kind in (CSV, JSON):
        return kind
    raise NotAcceptableError(
        f"Accept type {kind} is not supported. Supported are {JSON} and {CSV} (AWS's container also writes "
        "application/jsonlines and application/x-recordio-protobuf, which this server does not)."
    )


def encode(predictions: npt.NDArray[np.float64], kind: str) -> str:
    """CSV: a line for each row, ended by a newline. JSON: {"predictions": [{"score": ...}, ...]}."""
    values = predictions.tolist()
    if kind == JSON:
        return json.dumps({"predictions": [{"score": value} for value in values]})
    return "".join(f"{_csv_line(value)}\n" for value in values)


def _csv_line(value: float | list[float]) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
