"""Whether this machine's Go can build the control plane, and what to install if not."""

import re
import shutil
import subprocess

from tests.controlplane.expected import ExpectedError

NEEDED = (1, 26)  # the go line of Kubernetes 1.36's own go.mod
REMEDY = (
    "install Go 1.26 or newer (your system's package, or the archive of the Go project), put it on PATH and try again; "
    "or set KUBEBUILDER_ASSETS to a folder with etcd, kube-apiserver and kubectl"
)


class GoMissingError(ExpectedError):
    """No Go, or too old a one; the text says what to install."""


def go_version() -> str:
    """As `go env GOVERSION` answers, "go1.26.8".

    Raises:
        GoMissingError: there is none, or it is older than NEEDED.
    """
    program = shutil.which("go")
    if program is None:
        raise GoMissingError(f"the control plane is built with Go, and there is no go on PATH: {REMEDY}")
    version = subprocess.run([program, "env", "GOVERSION"], check=True, capture_output=True, text=True).stdout.strip()
    if not is_new_enough(version):
        raise GoMissingError(f"the control plane needs Go 1.26, {program} is {version}: {REMEDY}")
    return version


def is_new_enough(version: str) -> bool:
    """Development versions ("devel ...") name no number and count as new."""
    numbers = re.match(r"go(\d+)\.(\d+)", version)
    return numbers is None or (int(numbers[1]), int(numbers[2])) >= NEEDED
