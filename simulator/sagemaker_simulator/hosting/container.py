"""A container that passed its health check, whatever stands behind it."""

from typing import Protocol

from sagemaker_simulator.hosting.contract import Answer, AnswerStream, Invocation
from sagemaker_simulator.hosting.file_exchange import FileAnswer, FileInvocation


class Container(Protocol):
    """Takes requests until it is stopped. `name` is what SageMaker calls it in sentences and metrics."""

    @property
    def name(self) -> str: ...

    @property
    def process_group(self) -> int | None:
        """The id of the process group that stands for it, None without a process."""
        ...

    async def invoke(self, invocation: Invocation) -> Answer:
        """Raises ContainerTimedOut, or ContainerGone when the server is gone."""
        ...

    async def stream(self, invocation: Invocation) -> AnswerStream:
        """Answer as soon as the container has sent its headers. Raises as `invoke` does."""
        ...

    async def exchange(self, invocation: FileInvocation) -> FileAnswer:
        """Answer from one file into another, within the invocation's own time. Raises as `invoke` does."""
        ...

    async def stop(self) -> None:
        """End it as SageMaker does, and wait until nothing is left. Safe to call twice."""
        ...

    async def kill(self) -> None:
        """End it at once: it has not served yet. Safe to call twice."""
        ...
