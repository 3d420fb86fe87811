"""Where a node keeps what: logs and keys in the folder of whoever wants it, its disk beside the images it links."""

import dataclasses
import json
import secrets
import shutil
from pathlib import Path
from typing import Any

from tests.controlplane import proc
from tests.controlplane.content_cache import cache_folder

STATE = "node.json"
RUNNING = "running"


@dataclasses.dataclass(frozen=True)
class Layout:
    """`directory` is the node's own, absolute; `scratch` goes with the node."""

    directory: Path
    scratch: Path

    @classmethod
    def of(cls, directory: Path) -> "Layout":
        """Nothing is made yet, but a name for the scratch folder that nobody has."""
        return cls(directory, cache_folder() / "node" / RUNNING / secrets.token_hex(8))

    def make(self) -> None:
        """The folders, without what a node of before left in them."""
        for folder in (self.logs, self.keys, self.settings):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        self.kubelet.mkdir(parents=True)

    @property
    def logs(self) -> Path:
        return self.directory / "logs"

    @property
    def settings(self) -> Path:
        """The configuration files of the node's programs."""
        return self.directory / "settings"

    @property
    def images(self) -> Path:
        """containerd's root."""
        return self.scratch / "containerd"

    @property
    def kubelet(self) -> Path:
        """What the kubelet finds at its own default place."""
        return self.scratch / "kubelet"

    @property
    def networks(self) -> Path:
        """The CNI configuration."""
        return self.scratch / "networks"

    @property
    def keys(self) -> Path:
        return self.directory / "keys"

    @property
    def kubeconfig(self) -> Path:
        """cluster-admin."""
        return self.directory / "kubeconfig"

    @property
    def kubectl_cache(self) -> Path:
        return self.directory / "kubectl-cache"

    @property
    def audit_log(self) -> Path:
        return self.logs / "audit.log"

    def remove_what_only_a_living_node_needs(self) -> None:
        """All but the logs."""
        for folder in (self.keys, self.settings, self.kubectl_cache):
            shutil.rmtree(folder, ignore_errors=True)
        for file in (self.kubeconfig, self.directory / STATE):
            file.unlink(missing_ok=True)


def write_state(directory: Path, state: dict[str, Any]) -> None:
    """Whole or not at all."""
    unfinished = directory / f"{STATE}.new"
    unfinished.write_text(json.dumps(state | {"boot": proc.boot_id()}) + "\n", encoding="utf-8")
    unfinished.rename(directory / STATE)


def read_state(directory: Path) -> dict[str, Any] | None:
    """None when no node was started there, or the machine was started again since."""
    try:
        state: dict[str, Any] = json.loads((directory / STATE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return state if state["boot"] == proc.boot_id() else None
