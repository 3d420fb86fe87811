"""One server process: started through the launcher, ended with everything that it started itself."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections import deque
from collections.abc import Mapping
from pathlib import Path

from sagemaker_simulator.hosting.orphan_guard import OrphanGuard
from sagemaker_simulator.hosting.port_block import PortBlock

_TAIL_BYTES = 64 * 1024


class ServerProcess:
    """A server and its ports. Its process id is also the id of its process group, which it has for itself."""

    def __init__(
        self, process: asyncio.subprocess.Process, *, ports: PortBlock, log_file: Path, guard: OrphanGuard
    ) -> None:
        self.ports = ports
        self.log_file = log_file
        self._process = process
        self._guard = guard
        guard.watch(process.pid)
        self._ended = asyncio.create_task(self._clear_up_after_exit())
        # Also when the loop ends before the server does, and takes the task with it.
        self._ended.add_done_callback(lambda _: ports.release())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports.server_port}"

    @property
    def group(self) -> int:
        """The id of the process group."""
        return self._process.pid

    @property
    def has_exited(self) -> bool:
        return self._process.returncode is not None

    async def wait(self) -> int:
        """Wait until the server has exited, and nothing of its group and no port is taken; answers the exit code."""
        return await asyncio.shield(self._ended)

    async def stop(self, *, grace_seconds: float) -> None:
        """SIGTERM to the server, SIGKILL to its whole group when the grace is over. Safe to call twice."""
        if not self.has_exited:
            self._process.terminate()
        try:
            async with asyncio.timeout(grace_seconds):
                await self.wait()
        except TimeoutError:
            await self.kill()
        except asyncio.CancelledError:
            self._kill_group()
            raise

    async def kill(self) -> None:
        """End the whole group at once. Safe to call twice."""
        self._kill_group()
        await self.wait()

    def last_lines(self, count: int) -> list[str]:
        """The end of what the server wrote to stdout and stderr."""
        with self.log_file.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - _TAIL_BYTES))
            return list(deque(log.read().decode(errors="replace").splitlines(), maxlen=count))

    def _kill_group(self) -> None:
        if not self.has_exited:  # afterwards the number may belong to somebody else
            with contextlib.suppress(ProcessLookupError):  # it ended a moment ago, and the loop has not heard of it yet
                os.killpg(self._process.pid, signal.SIGKILL)

    async def _clear_up_after_exit(self) -> int:
        code = await self._process.wait()
        with contextlib.suppress(ProcessLookupError):  # the usual case: it left nothing behind
            os.killpg(self._process.pid, signal.SIGKILL)
        self._guard.forget(self._process.pid)
        return code


async def start_process(
    command: tuple[str, ...],
    *,
    environment: Mapping[str, str],
    directory: Path,
    log_file: Path,
    ports: PortBlock,
    guard: OrphanGuard,
) -> ServerProcess:
    """Start a command line in a session of its own, its output appended to the log file. Raises OSError.

    The output goes to a file and not through a pipe, so that a server never waits for the simulator to read.
    """
    with log_file.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=dict(environment),
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return ServerProcess(process, ports=ports, log_file=log_file, guard=guard)
