"""The launcher alone, without the reaper behind it: a server never runs without the simulator that started it."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sagemaker_simulator.hosting import launcher
from sagemaker_simulator.hosting.model_mount import launch_command, mounts_allowed
from tests.simulator.hosting.hosting_world import eventually, is_running

PARENT = """
import subprocess, sys, time
from pathlib import Path
from sagemaker_simulator.hosting.model_mount import launch_command
mount = Path(sys.argv[1]) if len(sys.argv) > 1 else None
become = "print('running', flush=True); import time; time.sleep(600)"
server = subprocess.Popen(launch_command((sys.executable, "-c", become), mount_model=mount), stdout=subprocess.PIPE)
server.stdout.readline()
print(server.pid, flush=True)
time.sleep(600)
"""


async def kill_the_parent_of_a_server(*arguments: str) -> int:
    """Start a server through a parent, kill the parent; answers the server's process id."""
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, *arguments),
        env={"PYTHONPATH": ":".join(path for path in sys.path if path), "PATH": os.environ["PATH"]},
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout is not None
    server = int(await parent.stdout.readline())
    assert is_running(server)
    parent.kill()
    await parent.wait()
    return server


async def test_the_kernel_kills_a_server_when_its_parent_is_killed() -> None:
    server = await kill_the_parent_of_a_server()
    await eventually(lambda: not is_running(server), "the server is gone")


async def test_the_same_holds_in_a_mount_namespace(tmp_path: Path) -> None:
    if not await mounts_allowed(tmp_path):
        pytest.skip("this machine allows no mount namespace")
    (tmp_path / "model").mkdir()
    server = await kill_the_parent_of_a_server(str(tmp_path / "model"))
    await eventually(lambda: not is_running(server), "the server is gone")


def test_a_server_does_not_begin_when_its_parent_is_already_gone() -> None:
    of_another_parent = [
        "1" if word == str(os.getpid()) else word for word in launch_command(("echo", "begun"), mount_model=None)
    ]
    ended = subprocess.run(of_another_parent, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (launcher.EXIT_NOT_STARTED, "")
    assert "the simulator ended before the server began" in ended.stderr
