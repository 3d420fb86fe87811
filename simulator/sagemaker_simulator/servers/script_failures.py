"""What the caller is told when a script fails on a request, as each toolkit's server says it.

Sources: aws/sagemaker-inference-toolkit (transformer.py); aws/sagemaker-huggingface-inference-toolkit
(handler_service.py), where everything that goes wrong is the caller's, in the form of awslabs/multi-model-server.
"""

import json
import traceback
from dataclasses import dataclass

from sagemaker_simulator.servers.script_arrays import UnsupportedTypeError


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An HTTP status and the body that goes with it."""

    status: int
    text: str
    content_type: str = "text/plain"


def inference_toolkit_failure(error: Exception) -> Failure:
    """415 for a type that is not read or not written, else 500 with the trace."""
    if isinstance(error, UnsupportedTypeError):
        return Failure(status=415, text=str(error))
    trace = "".join(traceback.format_exception(error))
    return Failure(status=500, text=f"{error}\n{trace}")


def hugging_face_failure(error: Exception) -> Failure:
    """400, whatever it was."""
    document = {"code": 400, "type": "InternalServerException", "message": str(error)}
    return Failure(status=400, text=json.dumps(document, indent=2) + "\n", content_type="application/json")
