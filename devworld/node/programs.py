"""Where every program of a node is, once all of them are there."""

import dataclasses
from pathlib import Path

from devworld.node.debian import FIREWALL_FOLDER, MANIFEST, unpacked_packages
from devworld.node.goprograms import CLUSTER_DNS, NODE_AGENTS
from tests.controlplane.build import CONTROL_PLANE

SYSTEM_PATH = ("/usr/sbin", "/usr/bin", "/sbin", "/bin")


@dataclasses.dataclass(frozen=True)
class Programs:
    """Folders with programs; `packages` is laid out as the root of a file system."""

    control_plane: Path
    agents: Path
    dns: Path
    packages: Path

    @classmethod
    def ready(cls) -> "Programs":
        """All of them, fetched and built now where they are not there yet; minutes the first time.

        Raises:
            GoMissingError, GoBuildError: the Go programs cannot be built.
            PackagesError: Debian's packages cannot be had.
        """
        return cls(
            control_plane=CONTROL_PLANE.built(),
            agents=NODE_AGENTS.built(),
            dns=CLUSTER_DNS.built(),
            packages=unpacked_packages(),
        )

    @property
    def kubectl(self) -> Path:
        return self.control_plane / "kubectl"

    @property
    def cni(self) -> Path:
        """The folder with the CNI plugins."""
        return self.packages / "usr" / "lib" / "cni"

    @property
    def busybox(self) -> Path:
        """Linked statically, so it runs in an image that holds nothing else."""
        merged = self.packages / "usr" / "bin" / "busybox"  # since Debian 13
        return merged if merged.is_file() else self.packages / "bin" / "busybox"

    @property
    def path(self) -> str:
        """PATH for the node's programs: iptables first, so that the machine's own has no say in it."""
        ours = [str(self.packages / name) for name in (FIREWALL_FOLDER, "usr/bin", "usr/sbin")]
        return ":".join([*ours, *SYSTEM_PATH])

    @property
    def runtime(self) -> str:
        """Names the versions of containerd and its kin: what one wrote, another may not read."""
        return (self.packages / MANIFEST).read_text(encoding="utf-8")
