"""kubectl-inference as a person runs it: a process, a kubeconfig, AWS credentials that are not the operator's."""

import dataclasses
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

from devworld import environment
from devworld.world import World

PROGRAM = Path(sys.executable).with_name("kubectl-inference")


@dataclasses.dataclass(frozen=True)
class Said:
    """How it ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What it printed as JSON."""
        return json.loads(self.out)


@dataclasses.dataclass(frozen=True)
class Program:
    """For one cluster and one account; `variables` are the environment's last word."""

    variables: dict[str, str]

    @classmethod
    def of(cls, world: World, *, kubeconfig: Path | None = None) -> "Program":
        aws = environment.aws_variables(endpoint_url=world.simulator_url, access_key=environment.USER_KEY)
        return cls({**aws, "KUBECONFIG": str(kubeconfig or world.control_plane.kubeconfig), "COLUMNS": "80"})

    def having(self, **variables: str) -> "Program":
        return Program({**self.variables, **variables})

    def __call__(self, *arguments: str, stdin: str = "") -> Said:
        done = subprocess.run(
            [str(PROGRAM), *arguments],
            env=environment.for_child(self.variables),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    def on_a_terminal(self, *arguments: str) -> str:
        """What a terminal gets to show."""
        ours, its = pty.openpty()
        with subprocess.Popen(
            [str(PROGRAM), *arguments],
            env=environment.for_child({**self.variables, "TERM": "xterm"}),
            stdin=subprocess.DEVNULL,
            stdout=its,
            stderr=its,
        ):
            os.close(its)
            shown = _all_of(ours)
        os.close(ours)
        return shown.decode()


def _all_of(descriptor: int) -> bytes:
    """Linux answers EIO when the last writer of a terminal is gone."""
    read = b""
    while True:
        try:
            part = os.read(descriptor, 65536)
        except OSError:
            return read
        if not part:
            return read
        read += part
