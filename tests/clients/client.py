"""A client as its user runs it: a program of its own, in an environment of its own, that knows only AWS's variables."""

import dataclasses
import json
import os
import subprocess
from pathlib import Path
from typing import Any

from devworld.environment import for_child
from tests.clients.account import Account

ENDS_WITHIN_SECONDS = 180.0
PROGRAMS = Path(__file__).with_name("programs")
LAST_LINES = 40


class ClientFailed(AssertionError):
    """The client ended with another code than 0; the text holds the end of what it printed."""


@dataclasses.dataclass(frozen=True)
class Client:
    """An environment, and the account that its programs work in."""

    environment: Path
    account: Account
    home: Path
    """Where the client may leave files of its own."""

    def tells(self, program: str, **asked: object) -> Any:
        """What a program of `programs/` prints last, a JSON document; it gets `asked` as its only argument."""
        printed = self.runs(str(PROGRAMS / program), json.dumps(asked))
        return json.loads(printed.rstrip().splitlines()[-1])

    def runs(self, *arguments: str) -> str:
        """What Python prints that is given the arguments.

        Raises:
            ClientFailed: it ended with another code than 0.
        """
        command = [str(self.environment / "bin" / "python"), "-I", *arguments]
        done = subprocess.run(
            command,
            cwd=self.home,
            env=for_child({**self.account.variables, **self._own_files()}),
            capture_output=True,
            text=True,
            timeout=ENDS_WITHIN_SECONDS,
            check=False,
        )
        if done.returncode:
            said = "\n".join((done.stdout + done.stderr).splitlines()[-LAST_LINES:])
            raise ClientFailed(f"{' '.join(arguments)} ended with {done.returncode}:\n{said}")
        return done.stdout

    def _own_files(self) -> dict[str, str]:
        """No settings of the user's, and no telemetry: the SageMaker SDK tells AWS's own servers what was called."""
        settings = self.home / "sagemaker.yaml"
        opted_out = {"SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}}}
        settings.write_text(json.dumps({"SchemaVersion": "1.0", **opted_out}), encoding="utf-8")
        return {
            "HOME": str(self.home),
            "SAGEMAKER_USER_CONFIG_OVERRIDE": str(settings),
            "SAGEMAKER_ADMIN_CONFIG_OVERRIDE": os.devnull,
        }
