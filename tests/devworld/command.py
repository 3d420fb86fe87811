"""The commands as a user runs them: processes of their own, in folders of their own."""

import contextlib
import dataclasses
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from devworld.settings import PROJECT, Settings
from devworld.state import State
from devworld.world import World


@dataclasses.dataclass(frozen=True)
class Said:
    """How a command ended."""

    code: int
    output: str


@dataclasses.dataclass(frozen=True)
class DevWorld:
    """`python -m devworld` with DEV_DIR in a folder of the test's; without a node, which takes its time."""

    directory: Path

    def run(self, command: str, *, within_seconds: float = 120, **settings: str) -> Said:
        """Runs it to its end."""
        with self.begun(command, **settings) as process:
            output, _ = process.communicate(timeout=within_seconds)
        return Said(process.returncode, output)

    @contextlib.contextmanager
    def begun(self, command: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
        """Starts it as a terminal would, both of its streams in one pipe; it ends with the block."""
        process = subprocess.Popen(
            [sys.executable, "-m", "devworld", command],
            cwd=PROJECT,
            env={**os.environ, "DEV_DIR": str(self.directory), "NODE": "0", **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with process:
            try:
                yield process
            finally:
                process.terminate()

    def part(self, name: str) -> dict[str, Any]:
        """What state.json says about a part: process (pid, start_time), ports."""
        state = json.loads((self.directory / "state.json").read_text(encoding="utf-8"))
        part: dict[str, Any] = state["parts"][name]
        return part

    def pid(self, name: str) -> int:
        return int(self.part(name)["process"]["pid"])

    def kill(self, name: str) -> None:
        """kill -9, and waits for its end."""
        descriptor = os.pidfd_open(self.pid(name))
        signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        ended = select.poll()
        ended.register(descriptor, select.POLLIN)
        assert ended.poll(10_000)
        os.close(descriptor)

    def world(self) -> World:
        """The one that runs there, as it runs now."""
        state = State.read(self.directory)
        assert state is not None, "no world was started"
        return World.found(self.directory, Settings(), state)

    def sourced(self, script: str, *, within_seconds: float = 60, **inherited: str) -> Said:
        """What bash prints that sourced `env` first, in a shell that held the variables before."""
        done = subprocess.run(
            ["bash", "-euc", f". {self.directory / 'env'}\n{script}"],
            env={**os.environ, **inherited},
            capture_output=True,
            text=True,
            timeout=within_seconds,
            check=False,
        )
        return Said(done.returncode, done.stdout + done.stderr)


def processes_of(directory: Path) -> list[str]:
    """The command lines that name the folder, whoever started them; the caller's own is none of them."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if str(directory) in line or f"DEV_DIR={directory}" in _environment(process):
                found.append(f"{process.name} {line}")
    return found


def _environment(process: Path) -> list[str]:
    try:
        return (process / "environ").read_bytes().decode(errors="replace").split("\0")
    except PermissionError:  # another user's, so none of ours
        return []
