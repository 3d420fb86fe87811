"""Ctrl-C, or a kill, at any moment: no process and no folder stays."""

import contextlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from devworld.settings import PROJECT
from tests.controlplane.deadlines import until
from tests.controlplane.proc import Identity, is_alive, stat
from tests.devworld.command import DevWorld, Said, processes_of

INTERRUPTED = 130


def interrupt(devworld: DevWorld, command: str, *, once: str, folder: Path, by: signal.Signals) -> Said:
    """Begins the command, sends it the signal once the program runs, and waits for its end."""
    with devworld.begun(command, OPERATOR="0") as process:
        until(
            lambda: any(f"/{once}" in line for line in processes_of(folder)),
            what=f"{once} started",
            within_seconds=90,
            seen=lambda: processes_of(folder),
        )
        process.send_signal(by)
        output, _ = process.communicate(timeout=60)
    return Said(process.returncode, output)


@pytest.mark.parametrize("program", ["etcd", "kube-apiserver"])
def test_ctrl_c_while_the_demo_starts_leaves_nothing(tmp_path: Path, program: str) -> None:
    folder = tmp_path / "dev-demo"
    said = interrupt(DevWorld(tmp_path / "dev"), "demo", once=program, folder=folder, by=signal.SIGINT)
    assert said.code == INTERRUPTED, said.output
    assert processes_of(folder) == []
    assert not folder.exists()


def test_ctrl_c_while_the_demo_serves_leaves_nothing(tmp_path: Path) -> None:
    with DevWorld(tmp_path / "dev").begun("demo", TIME_SCALE="600") as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert any(line.startswith("answer: ") for line in lines)
        family = descendants(process.pid)
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED, rest
    assert len(family) > len(("etcd", "kube-apiserver", "kube-controller-manager", "simulator", "operator"))
    assert [each for each in family if is_alive(each)] == []
    assert not (tmp_path / "dev-demo").exists()


def test_ctrl_c_while_something_is_freed_is_heard() -> None:
    said = subprocess.run(
        [sys.executable, "-c", FREED], cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (said.stdout, said.stderr) == ("interrupted\n", "")


def test_a_kill_while_a_world_comes_up_leaves_no_process(tmp_path: Path) -> None:
    devworld = DevWorld(tmp_path / "dev")
    said = interrupt(devworld, "up", once="kube-apiserver", folder=devworld.directory, by=signal.SIGTERM)
    assert said.code == INTERRUPTED, said.output
    assert processes_of(devworld.directory) == []


def test_a_world_dies_with_its_parent_even_when_that_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path / "world")],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        try:
            assert parent.stdout is not None
            assert parent.stdout.readline() == "ready\n"
            assert len(processes_of(tmp_path / "world")) > len(("the parent", "etcd", "kube-apiserver"))
        finally:
            parent.kill()
    until(
        lambda: not processes_of(tmp_path / "world"),
        what="every process gone",
        within_seconds=10,
        seen=lambda: processes_of(tmp_path / "world"),
    )


FREED = """
import signal
import time
from tests.controlplane.interrupts import interrupt_on_signals

class Freed:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)
        self.closed = True

interrupt_on_signals()
try:
    Freed()
    time.sleep(20)
except KeyboardInterrupt:
    print("interrupted")
"""

OWNER = """
import sys
from pathlib import Path
from devworld.settings import Settings
from devworld.world import World

world = World.start(Path(sys.argv[1]), Settings(operator=False), die_with_parent=True)
print("ready", flush=True)
sys.stdin.read()
"""


def descendants(pid: int) -> list[Identity]:
    """All that the process started and all that those started, the model servers too.

    Without those that end meanwhile, as a kubectl does at any moment.
    """
    found = []
    for child in children(pid):
        now = stat(child)
        found += [now.identity, *descendants(child)] if now else []
    return found


def children(pid: int) -> list[int]:
    """None of a process that is gone, or of a thread of it."""
    found: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found += map(int, (task / "children").read_text(encoding="ascii").split())
    return found
