"""The errors a client may see, and nothing about how each protocol writes them (`replies.py` does that)."""

from collections.abc import Mapping
from typing import Any


class AwsError(Exception):
    """An error that goes to the client in its protocol's own shape."""

    def __init__(self, code: str, message: str, *, status: int = 400, fields: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.fields = dict(fields or {})


class NotModelled(AwsError):
    """Refusal of what the simulator does not do: 501, which no SDK retries (botocore retries 500, 502, 503, 504)."""

    def __init__(self, what: str) -> None:
        super().__init__("NotImplemented", f"simulator: {what}", status=501)


class SimulatorDefect(AwsError):
    """An answer of ours that does not fit the service's own model: our drift, said as a 500."""

    def __init__(self, what: str) -> None:
        super().__init__("InternalFailure", f"simulator: {what}", status=500)


def validation_exception(message: str) -> AwsError:
    """Return SageMaker's one error for bad input, for what is not there and for what is there already."""
    return AwsError("ValidationException", message)


def throttled() -> AwsError:
    """Return the throttling that SageMaker answers: 400, not 429."""
    return AwsError("ThrottlingException", "Rate exceeded")
