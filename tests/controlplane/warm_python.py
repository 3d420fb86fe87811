"""A Python program begun by forking an interpreter that has imported it already.

A test that starts a program hundreds of times pays a second of CPU for its imports each time. What is begun here is the
same program with the same arguments, environment, session and log, less that second.
"""

import ctypes
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

from tests.controlplane import proc
from tests.controlplane.processes import Process, Program, dying_with_parent

_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class WarmPython:
    """Begins `python -m PACKAGE ...`; the interpreter and all that it began end with the thread that made it."""

    def __init__(self, package: str, *, imported: tuple[str, ...]) -> None:
        """`imported`: modules that the package's __main__ imports late."""
        self._package = package
        command = (sys.executable, "-m", __name__, package, *imported)
        self._server = subprocess.Popen(
            dying_with_parent(command, death_signal=signal.SIGKILL),
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> "WarmPython":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._server:  # waits for it, and closes both pipes
            self._server.kill()

    def start(self, program: Program) -> Process:
        """As Process.start, for a command that is `python -m PACKAGE ...`. Raises ProcessLookupError when it ended."""
        _, module, package, *arguments = program.command
        if (module, package) != ("-m", self._package):
            raise ValueError(f"this interpreter begins {self._package}, not {' '.join(program.command)}")
        program.log.parent.mkdir(parents=True, exist_ok=True)
        request = {"arguments": arguments, "environment": dict(program.environment), "log": str(program.log)}
        with self._one_at_a_time:
            assert self._server.stdin is not None
            assert self._server.stdout is not None
            self._server.stdin.write(json.dumps(request) + "\n")
            self._server.stdin.flush()
            pid = int(self._server.stdout.readline())
        started = proc.stat(pid)
        if started is None:
            raise ProcessLookupError(f"{package}: process {pid} ended at once; its log is {program.log}")
        return Process(started.identity)


def _serve(package: str, imported: list[str]) -> None:
    program = importlib.import_module(f"{package}.__main__")
    for name in imported:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for what is begun here: no zombies
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(program, request)
        print(pid, flush=True)


def _become(program: Any, request: dict[str, Any]) -> NoReturn:
    """In the child: the program as it would have been begun by itself."""
    os.setsid()
    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, int(signal.SIGKILL))
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(request["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv[1:] = request["arguments"]
    code = 1
    try:
        code = program.main(request["arguments"])
    finally:
        os._exit(code)


if __name__ == "__main__":
    _serve(sys.argv[1], sys.argv[2:])
