"""A server's ports are given back with its end, whichever way that comes."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from sagemaker_simulator.hosting import port_block
from sagemaker_simulator.hosting.orphan_guard import OrphanGuard
from sagemaker_simulator.hosting.port_block import take_port_block
from sagemaker_simulator.hosting.server_process import ServerProcess, start_process

WAITS_FOR_EVER = (sys.executable, "-c", "import signal; signal.pause()")


async def started(folder: Path, guard: OrphanGuard) -> ServerProcess:
    return await start_process(
        WAITS_FOR_EVER,
        environment={},
        directory=folder,
        log_file=folder / "log",
        ports=take_port_block(),
        guard=guard,
    )


def may_be_taken(first: int) -> bool:
    hold = port_block._hold(first)
    if hold is not None:
        hold.close()
    return hold is not None


async def test_the_ports_of_a_server_that_was_killed_may_be_taken(tmp_path: Path) -> None:
    guard = await OrphanGuard.start()
    server = await started(tmp_path, guard)
    assert not may_be_taken(server.ports.first)
    await server.kill()
    assert may_be_taken(server.ports.first)
    await guard.close()


async def test_the_ports_of_a_server_whose_loop_ends_first_may_be_taken(tmp_path: Path) -> None:
    guard = await OrphanGuard.start()
    server = await started(tmp_path, guard)
    server._ended.cancel()  # as the end of a loop does with its tasks
    await asyncio.wait([server._ended])
    assert may_be_taken(server.ports.first)
    os.killpg(server.group, signal.SIGKILL)
    await server._process.wait()
    await guard.close()
