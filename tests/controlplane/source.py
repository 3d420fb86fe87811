"""Where the control plane comes from: the user's own cluster only when asked for, envtest's programs, or our build."""

import dataclasses
import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.controlplane.build import CONTROL_PLANE
from tests.controlplane.expected import ExpectedError

EXISTING = "existing"
REQUIRED = ("etcd", "kube-apiserver")


class SourceError(ExpectedError):
    """The environment names a source that cannot be used; the text says what to change."""


@dataclasses.dataclass(frozen=True)
class ExistingCluster:
    """A cluster of the user's, which is used as it is and never stopped."""

    kubeconfig: Path
    kubectl: Path


@dataclasses.dataclass(frozen=True)
class Programs:
    """A folder with the programs of a control plane; kube-controller-manager may be missing (envtest has none)."""

    folder: Path
    kubectl: Path


def where_from(environment: Mapping[str, str]) -> ExistingCluster | Programs:
    """Builds the programs first, if it comes to that.

    Raises:
        SourceError: TEST_CLUSTER or KUBEBUILDER_ASSETS cannot be used as they are set.
        GoMissingError, GoBuildError: see `GoProgram.built`.
    """
    asked = environment.get("TEST_CLUSTER", "")
    if asked == EXISTING:
        return _existing(environment)
    if asked:
        raise SourceError(f"TEST_CLUSTER={asked}: the only value is '{EXISTING}'; without it a cluster is started")
    assets = environment.get("KUBEBUILDER_ASSETS", "")
    if assets:
        return _assets(Path(assets))
    built = CONTROL_PLANE.built()
    return Programs(folder=built, kubectl=built / "kubectl")


def _existing(environment: Mapping[str, str]) -> ExistingCluster:
    named = environment.get("KUBECONFIG", "") or str(Path.home() / ".kube" / "config")
    kubeconfig = Path(named)
    if not kubeconfig.is_file():
        raise SourceError(f"TEST_CLUSTER=existing: {named} is not one kubeconfig file; set KUBECONFIG to one")
    return ExistingCluster(kubeconfig=kubeconfig.resolve(), kubectl=_kubectl_on_path("TEST_CLUSTER=existing"))


def _assets(folder: Path) -> Programs:
    missing = [name for name in REQUIRED if not (folder / name).is_file()]
    if missing:
        raise SourceError(f"KUBEBUILDER_ASSETS={folder} lacks {', '.join(missing)}; correct it or unset it")
    beside = folder / "kubectl"
    return Programs(folder=folder, kubectl=beside if beside.is_file() else _kubectl_on_path("KUBEBUILDER_ASSETS"))


def _kubectl_on_path(because: str) -> Path:
    found = shutil.which("kubectl")
    if found is None:
        raise SourceError(f"{because} needs kubectl on PATH, and there is none; install it or unset {because}")
    return Path(found)
