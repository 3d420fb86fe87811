"""A container's answer as the event stream that InvokeEndpointWithResponseStream answers with.

Events and error codes: ResponseStream, PayloadPart, ModelStreamError and InternalStreamFailure in the SageMaker API
reference. The sentence of a stream that lasts too long is quoted from a caller's question on AWS re:Post; that of a
broken one is not published.
"""

import logging
from typing import Protocol

from sagemaker_simulator.hosting.contract import AnswerStream, ContainerGone, ContainerTimedOut
from sagemaker_simulator.wire.event_stream import event, exception

log = logging.getLogger(__name__)


class IsOver(Protocol):
    """Told when nothing more comes; `broken` by an error after the first part."""

    def __call__(self, *, broken: bool) -> None: ...


class StreamedBody:
    """Passes each chunk on as it arrives; `is_over` is called once, however the stream ends."""

    def __init__(self, answer: AnswerStream, *, first: bytes, is_over: IsOver) -> None:
        self._answer = answer
        self._waiting = first
        self._is_over = is_over
        self._closed = False
        self._broken = False

    async def next_part(self) -> bytes:
        """Return the next event; after an error there is none."""
        if self._broken or self._closed:
            return b""
        try:
            chunk = self._waiting or await self._answer.next_chunk()
        except (ContainerTimedOut, ContainerGone) as failed:
            self._broken = True
            return exception("ModelStreamError", _members(failed))
        except Exception:
            log.exception("the answer of container %s could not be passed on", self._answer.container)
            self._broken = True
            return exception("InternalStreamFailure", {"Message": "simulator: its log has the traceback"})
        self._waiting = b""
        return event("PayloadPart", chunk, content_type="application/octet-stream") if chunk else b""

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            await self._answer.close()
            self._is_over(broken=self._broken)


def _members(failed: ContainerTimedOut | ContainerGone) -> dict[str, str]:
    if isinstance(failed, ContainerTimedOut):
        message = f"Your model {failed.container} did not complete sending the inference response in the allotted time."
        return {"Message": message, "ErrorCode": "ModelInvocationTimeExceeded"}
    message = f"The connection to your model {failed.container} was closed before the inference response was complete."
    return {"Message": message, "ErrorCode": "StreamBroken"}
