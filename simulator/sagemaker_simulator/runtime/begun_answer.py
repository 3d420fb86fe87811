"""A container's answer up to its first part: until then it can still become an error."""

import time
from dataclasses import dataclass

from sagemaker_simulator.hosting.contract import Answer, AnswerStream, ContainerGone, ContainerTimedOut, Invocation

from .no_answers import no_answer
from .routing import Route


@dataclass(frozen=True, kw_only=True)
class BegunAnswer:
    """A good answer whose first part is there; `seconds` (real) is how long that took."""

    rest: AnswerStream
    first: bytes
    seconds: float

    def without_body(self) -> Answer:
        """Return what is known of the answer besides its body."""
        return _answer(self.rest, b"")


async def begin(route: Route, invocation: Invocation) -> BegunAnswer | Answer:
    """Ask, and wait for the first part. What is not a good answer is returned whole."""
    asked = time.perf_counter()
    try:
        stream = await route.fleet.stream(route.variant, invocation)
        try:
            if stream.status < 400:
                first = await stream.next_chunk()
                return BegunAnswer(rest=stream, first=first, seconds=time.perf_counter() - asked)
            answer = await _whole(stream)
        except BaseException:
            await stream.close()
            raise
    except (ContainerTimedOut, ContainerGone) as failed:
        return no_answer(failed)
    await stream.close()
    return answer


async def _whole(stream: AnswerStream) -> Answer:
    chunks = []
    while chunk := await stream.next_chunk():
        chunks.append(chunk)
    return _answer(stream, b"".join(chunks))


def _answer(stream: AnswerStream, body: bytes) -> Answer:
    return Answer(
        status=stream.status,
        body=body,
        content_type=stream.content_type,
        headers=stream.headers,
        container=stream.container,
    )
