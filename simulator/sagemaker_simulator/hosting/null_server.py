"""The image sim-null: an answer without a model, so that a load test measures the caller and not a server.

It says in every answer what it is; benchmarks that use it print so.
"""

import fnmatch
import json

from sagemaker_simulator.hosting.answer_stream import WholeAnswer
from sagemaker_simulator.hosting.contract import Answer, AnswerStream, Invocation
from sagemaker_simulator.hosting.file_exchange import FileAnswer, FileInvocation
from sagemaker_simulator.settings import NULL_IMAGE_GLOB


def is_null_image(image: str) -> bool:
    """Whether the image is answered in this process."""
    return fnmatch.fnmatchcase(image, NULL_IMAGE_GLOB)


class NullContainer:
    """Stands where a container stands; starts nothing and holds nothing."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def process_group(self) -> int | None:
        return None

    async def invoke(self, invocation: Invocation) -> Answer:
        body = _answer(len(invocation.body))
        return Answer(status=200, body=body, content_type="application/json", headers={}, container=self.name)

    async def stream(self, invocation: Invocation) -> AnswerStream:
        return WholeAnswer(await self.invoke(invocation))

    async def exchange(self, invocation: FileInvocation) -> FileAnswer:
        body = _answer(invocation.body_length)
        invocation.answer_body.write(body)
        return FileAnswer(status=200, content_type="application/json", headers={}, body_length=len(body))

    async def stop(self) -> None:
        pass

    async def kill(self) -> None:
        pass


def _answer(received: int) -> bytes:
    return json.dumps({"server": "sim-null", "note": "no model ran", "receivedBytes": received}).encode()
