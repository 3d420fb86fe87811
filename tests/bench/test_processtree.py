"""The figures of a process hold those of its children, and are none once it has ended."""

import os
import sys
from pathlib import Path

import pytest

from tests.bench.processtree import EndedError, cpu_seconds, peak_rss_mib, rss_mib
from tests.controlplane.deadlines import until
from tests.controlplane.processes import Process, Program

# A child that takes 64 MiB and half a second of CPU, while its parent only waits.
_CHILD = "import time; held = bytearray(b'x') * (64 << 20); [0 for _ in iter(lambda: time.process_time() < 0.5, False)]"
_PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {_CHILD!r} + "; print('busy no more', flush=True); input()"],
                         stdin=subprocess.PIPE)
print("waiting", flush=True)
child.wait()
"""


def test_the_work_of_children_is_counted(tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = Process.start(Program(command=(sys.executable, "-c", _PARENT), environment=dict(os.environ), log=log))
    try:
        until(lambda: "busy no more" in log.read_text(), what="the child's being done", within_seconds=90)
        assert cpu_seconds(process.pid) >= 0.5
        assert rss_mib(process.pid) >= 64
    finally:
        process.stop(within_seconds=5)


def test_memory_that_was_let_go_is_in_the_peak_alone(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = "held = bytearray(b'x') * (64 << 20); del held; print('let go', flush=True); import time; time.sleep(60)"
    process = Process.start(Program(command=(sys.executable, "-c", script), environment=dict(os.environ), log=log))
    try:
        until(lambda: "let go" in log.read_text(), what="the memory's being let go", within_seconds=90)
        assert peak_rss_mib(process.pid) >= 64 > rss_mib(process.pid)
    finally:
        process.stop(within_seconds=5)


def test_the_end_of_a_measured_process_is_said(tmp_path: Path) -> None:
    process = Process.start(Program(command=("true",), environment=dict(os.environ), log=tmp_path / "log"))
    assert process.wait(within_seconds=10)
    with pytest.raises(EndedError, match=f"^process {process.pid}, which was measured, has ended"):
        cpu_seconds(process.pid)
