"""Who wants to know what a server prints: told where the file is, when a server process starts."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from sagemaker_simulator.hosting.container_order import ContainerOrder


class FollowOutput(Protocol):
    """Called once for every server process, in the loop's thread."""

    def __call__(
        self, order: ContainerOrder, /, *, log_file: Path, start: int, ended: Callable[[], Awaitable[object]]
    ) -> None:
        """Follow the file from byte `start` on; `ended()` returns when the process and all it started are gone."""
        ...


def follow_nothing(
    _order: ContainerOrder, *, log_file: Path, start: int, ended: Callable[[], Awaitable[object]]
) -> None:
    """Leave the output in its file."""
