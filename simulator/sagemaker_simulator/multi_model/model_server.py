"""What stands behind a container of many models: a server that loads, invokes and unloads them, and their files."""

from dataclasses import dataclass
from typing import Protocol

from sagemaker_simulator.hosting.contract import Answer, Invocation

from .target import Target


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a server answered to a request that is not a caller's: status and text."""

    status: int
    text: str


class ModelServer(Protocol):
    """The contract of a container of many models; `name` is the opaque one."""

    @property
    def process_group(self) -> int | None:
        """The id of the server's process group, None without a process."""
        ...

    async def load(self, name: str, target: Target) -> Said:
        """Have the model in memory. Raises ContainerGone."""
        ...

    async def unload(self, name: str, target: Target) -> Said:
        """Have the model out of memory. Raises ContainerGone, ContainerTimedOut."""
        ...

    async def invoke(self, name: str, target: Target, invocation: Invocation, *, seconds: float) -> Answer:
        """Raises ContainerTimedOut, ContainerGone."""
        ...

    async def stop(self) -> None:
        """End it as SageMaker does. Safe to call twice."""
        ...

    async def kill(self) -> None:
        """End it at once. Safe to call twice."""
        ...


class ModelFiles(Protocol):
    """Models on the disk of the machine."""

    async def bring(self, name: str, target: Target) -> int:
        """Have the model's files in the folder of that name; answers their bytes.

        Raises KeyError when there is no such object, BrokenArchiveError.
        """
        ...

    async def remove(self, name: str) -> None:
        """Remove the folder of that name, if it is there."""
        ...
