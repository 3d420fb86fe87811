"""A container that passed its health check, whatever stands behind it."""

from typing import Protocol

from sagemaker_simulator.hosting.contract import Answer, Invocation


class Container(Protocol):
    """Takes requests until it is stopped."""

    async def invoke(self, invocation: Invocation) -> Answer:
        """Raises ContainerTimedOut, or ConnectionError when the server is gone."""
        ...

    async def stop(self) -> None:
        """End it as SageMaker does, and wait until nothing is left. Safe to call twice."""
        ...

    async def kill(self) -> None:
        """End it at once: it has not served yet. Safe to call twice."""
        ...
