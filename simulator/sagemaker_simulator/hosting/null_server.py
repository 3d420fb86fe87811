"""The image sim-null: an answer without a model, so that a load test measures the caller and not a server.

It says in every answer what it is; benchmarks that use it print so.
"""

import fnmatch
import json

from sagemaker_simulator.hosting.contract import Answer, Invocation
from sagemaker_simulator.settings import NULL_IMAGE_GLOB


def is_null_image(image: str) -> bool:
    """Whether the image is answered in this process."""
    return fnmatch.fnmatchcase(image, NULL_IMAGE_GLOB)


class NullContainer:
    """Stands where a container stands; starts nothing and holds nothing."""

    async def invoke(self, invocation: Invocation) -> Answer:
        answer = {"server": "sim-null", "note": "no model ran", "receivedBytes": len(invocation.body)}
        return Answer(status=200, body=json.dumps(answer).encode(), content_type="application/json", headers={})

    async def stop(self) -> None:
        pass

    async def kill(self) -> None:
        pass
