"""Tells the orphan reaper which process groups are the simulator's."""

import asyncio
import subprocess
import sys

from sagemaker_simulator.hosting import orphan_reaper


class OrphanGuard:
    """One reaper process for all servers. Losing it is no failure: servers still die with the simulator."""

    def __init__(self, reaper: asyncio.subprocess.Process) -> None:
        self._reaper = reaper

    @classmethod
    async def start(cls) -> "OrphanGuard":
        return cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", orphan_reaper.__file__),
                stdin=subprocess.PIPE,
                # Of its own, so that Ctrl-C in a terminal reaches the simulator and not the reaper.
                start_new_session=True,
            )
        )

    def watch(self, group: int) -> None:
        self._tell(f"+{group}\n")

    def forget(self, group: int) -> None:
        """The group has ended; its number may soon be somebody else's."""
        self._tell(f"-{group}\n")

    async def close(self) -> None:
        """End the reaper; it kills what is still watched. Safe to call twice."""
        if self._reaper.stdin is not None:
            self._reaper.stdin.close()
        await self._reaper.wait()

    def _tell(self, line: str) -> None:
        # Written to the pipe at once, before anything else runs, as long as the pipe is not full (64 KiB).
        if self._reaper.stdin is not None and self._reaper.returncode is None:
            self._reaper.stdin.write(line.encode())
