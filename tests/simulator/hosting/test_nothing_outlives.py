"""Whatever ends - a start, a fleet, the hosting, the simulator itself - its processes and folders end with it."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sagemaker_simulator.hosting.contract import Fleet, FleetFailed
from sagemaker_simulator.hosting.limits import Limits
from sagemaker_simulator.hosting.server_command import ServerCommand
from tests.simulator.hosting.hosting_world import (
    CONTRACT_SERVER,
    HostingWorld,
    container,
    eventually,
    is_running,
    processes_in,
    request,
    variant,
)

NEVER_HEALTHY = variant(container(PING_STATUS="503"))


def left_behind(world: HostingWorld) -> tuple[list[int], list[Path]]:
    return processes_in(world.work_directory), list((world.work_directory / "models").iterdir())


async def starting(world: HostingWorld) -> asyncio.Task[Fleet]:
    """A start that has a process and waits for its health."""
    start = asyncio.create_task(world.start(variant(container()), NEVER_HEALTHY))
    await eventually(lambda: len(processes_in(world.work_directory)) == 2, "both servers run")
    return start


async def test_a_start_that_is_cancelled_leaves_nothing(make_world: Callable[[Limits], HostingWorld]) -> None:
    world = make_world(Limits())
    start = await starting(world)
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert left_behind(world) == ([], [])


async def test_closing_ends_serving_fleets_and_starts_under_way_and_refuses_new_ones(
    make_world: Callable[[Limits], HostingWorld],
) -> None:
    world = make_world(Limits())
    await world.start(variant(container(), name="blue"), variant(container(), name="green"), config="churn-0")
    start = asyncio.create_task(world.start(NEVER_HEALTHY))
    await eventually(lambda: len(processes_in(world.work_directory)) == 3, "all servers run")
    await world.hosting.close()
    with pytest.raises(FleetFailed, match="shutting down"):
        await start
    assert left_behind(world) == ([], [])
    with pytest.raises(FleetFailed, match="shutting down"):
        await world.start(variant(container()))
    await world.hosting.close()


async def test_a_fleet_that_stops_ends_its_own_processes_and_no_others(world: HostingWorld) -> None:
    old = await world.start(variant(container()))
    new = await world.start(variant(container(NAME="new")), config="churn-2")
    await old.stop()
    await old.stop()
    assert "SIGTERM received" in world.server_log(), "the server was asked before it was killed"
    with pytest.raises(ConnectionError):
        await old.invoke("AllTraffic", request(b"1"))
    assert (await new.invoke("AllTraffic", request(b"1"))).body == b"new(1)"
    assert len(processes_in(world.work_directory)) == 1


async def test_a_server_that_ignores_sigterm_is_killed_when_the_grace_is_over(
    make_world: Callable[[Limits], HostingWorld],
) -> None:
    world = make_world(Limits(stop_grace_seconds=2.0))
    fleet = await world.start(variant(container(IGNORE_SIGTERM="1")))
    await fleet.stop()
    assert "SIGTERM received" in world.server_log()
    assert left_behind(world) == ([], [])


@pytest.mark.parametrize("how", ["stopped", "died"])
async def test_what_a_server_started_itself_ends_with_it(world: HostingWorld, how: str) -> None:
    fleet = await world.start(variant(container()))
    child = int((await fleet.invoke("AllTraffic", request(b"spawn"))).body)
    assert is_running(child)
    if how == "stopped":
        await fleet.stop()
    else:
        with pytest.raises(ConnectionError):
            await fleet.invoke("AllTraffic", request(b"die"))
    await eventually(lambda: not is_running(child), "the server's child is gone")


SIMULATOR = """
import asyncio, sys
from pathlib import Path
from tests.simulator.hosting.hosting_world import HostingWorld, container, request, variant

async def main():
    world = HostingWorld(work_directory=Path(sys.argv[1]))
    fleet = await world.start(variant(container()))
    await fleet.invoke("AllTraffic", request(b"spawn"))
    print("serving", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_a_simulator_that_is_killed_takes_its_servers_with_it(tmp_path: Path) -> None:
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SIMULATOR, str(tmp_path / "world")),
        env={"PYTHONPATH": ":".join(path for path in sys.path if path), "PATH": os.environ["PATH"]},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert program.stdout is not None
        assert await program.stdout.readline() == b"serving\n"
        assert len(processes_in(tmp_path / "world")) == 2
    finally:
        program.kill()
        await program.wait()
    await eventually(lambda: processes_in(tmp_path / "world") == [], "the server and its child are gone")


async def test_a_port_that_a_stranger_took_in_the_last_moment_is_given_up_for_another(
    world: HostingWorld, tmp_path: Path
) -> None:
    """The first start of the server finds its port taken by a process that is not of its group, and exits."""
    thief = tmp_path / "thief"
    world.servers["*/churn:*"] = ServerCommand(
        command=(sys.executable, "-c", STOLEN_PORT, str(thief), *CONTRACT_SERVER), env={"NAME": "second try"}
    )
    try:
        fleet = await world.start(variant(container()))
        assert (await fleet.invoke("AllTraffic", request(b"1"))).body == b"second try(1)"
        assert thief.exists()
    finally:
        os.kill(int(thief.read_text()), signal.SIGKILL)


STOLEN_PORT = """
import os, socket, subprocess, sys
thief, *server = sys.argv[1:]
if os.path.exists(thief):
    os.execv(server[0], server)
listener = socket.create_server(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])))
os.set_inheritable(listener.fileno(), True)
process = subprocess.Popen(["sleep", "60"], start_new_session=True, close_fds=False, cwd="/")
with open(thief, "w") as file:
    file.write(str(process.pid))
sys.exit("address already in use")
"""
