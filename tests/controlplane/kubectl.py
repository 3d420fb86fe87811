"""kubectl as a user has it, for one cluster: what it prints, or its complaint as an exception."""

import dataclasses
import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.controlplane.expected import ExpectedError


class KubectlError(ExpectedError):
    """kubectl refused or failed; the text is the command and what it said."""


@dataclasses.dataclass(frozen=True)
class Kubectl:
    """One program, one kubeconfig."""

    program: Path
    kubeconfig: Path
    cache: Path
    """Where it keeps what it discovered, so that nothing is left in the user's home."""

    def __call__(self, *arguments: str, stdin: str | None = None, within_seconds: float = 60) -> str:
        """What it prints.

        Raises:
            KubectlError: it ended with another code than 0, or not in time.
        """
        said = self._run(*arguments, stdin=stdin, within_seconds=within_seconds)
        if said.returncode:
            complaint = said.stderr.strip() or said.stdout.strip()
            raise KubectlError(f"kubectl {' '.join(arguments)}: {complaint}")
        return said.stdout

    def json(self, *arguments: str) -> Any:
        """What it prints with `-o json`."""
        return json.loads(self(*arguments, "-o", "json"))

    def find(self, *arguments: str) -> Any | None:
        """As `json`, None when there is no such object."""
        text = self(*arguments, "--ignore-not-found", "-o", "json")
        return json.loads(text) if text else None

    def apply(self, manifest: str | Path) -> str:
        """Server-side apply of YAML text, of a file or of a folder."""
        options = ("apply", "--server-side", "--force-conflicts", "--field-manager=devworld")
        if isinstance(manifest, Path):
            return self(*options, "-f", str(manifest))
        return self(*options, "-f", "-", stdin=manifest)

    def token(self, *, service_account: str, namespace: str, hours: int) -> str:
        """A bound token of the ServiceAccount (TokenRequest)."""
        return self("create", "token", service_account, "-n", namespace, f"--duration={hours}h").strip()

    def flatten(self, into: Path) -> None:
        """Writes the current context of its kubeconfig, with everything it points to, into a JSON file."""
        into.touch(mode=0o600)
        into.write_text(self("config", "view", "--raw", "--flatten", "--minify", "-o", "json"), encoding="utf-8")

    def using(self, kubeconfig: Path) -> "Kubectl":
        """The same program as somebody else."""
        return dataclasses.replace(self, kubeconfig=kubeconfig)

    def environment(self) -> Mapping[str, str]:
        """What it runs with."""
        return {**os.environ, "KUBECONFIG": str(self.kubeconfig), "KUBECACHEDIR": str(self.cache)}

    def _run(self, *arguments: str, stdin: str | None, within_seconds: float) -> subprocess.CompletedProcess[str]:
        command = [str(self.program), *arguments]
        try:
            return subprocess.run(
                command,
                env=self.environment(),
                input=stdin if stdin is not None else "",
                capture_output=True,
                text=True,
                timeout=within_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise KubectlError(f"kubectl {' '.join(arguments)}: no answer within {within_seconds:g} s") from None
