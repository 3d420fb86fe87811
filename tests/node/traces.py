"""What a node may leave on a machine, looked at in one go so that before and after can be compared."""

import dataclasses
from pathlib import Path

from devworld.node.slots import Slot

CGROUPS = Path("/sys/fs/cgroup")
INTERFACES = Path("/sys/class/net")
# What a kubelet and a kube-proxy set where they may, for the whole machine.
SETTINGS = (
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
    "net/ipv4/ip_forward",
    "net/bridge/bridge-nf-call-iptables",
    "net/netfilter/nf_conntrack_max",
)
FOLDERS = ("/run/containerd", "/run/netns", "/var/lib/cni", "/var/lib/kubelet", "/var/log/containers", "/var/log/pods")


@dataclasses.dataclass(frozen=True)
class Traces:
    """Of every node of the machine; the caller's own processes and mounts are part of it."""

    mounts: frozenset[str]
    interfaces: frozenset[str]
    routes: frozenset[str]
    control_groups: frozenset[str]
    settings: tuple[str, ...]
    folders: frozenset[str]

    @classmethod
    def now(cls) -> "Traces":
        return cls(
            mounts=frozenset(Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()),
            interfaces=frozenset(path.name for path in INTERFACES.iterdir()),
            routes=frozenset(Path("/proc/net/route").read_text(encoding="ascii").splitlines()),
            control_groups=frozenset(control_groups()),
            settings=settings(),
            folders=frozenset(folder for folder in FOLDERS if Path(folder).exists()),
        )


def settings() -> tuple[str, ...]:
    """Of the machine, in the order of SETTINGS; empty where the kernel has none."""
    paths = (Path("/proc/sys") / name for name in SETTINGS)
    return tuple(path.read_text(encoding="ascii") if path.exists() else "" for path in paths)


def control_groups(slot: Slot | None = None) -> list[str]:
    """Those of one node, or of all."""
    name = slot.cgroup if slot else "sagemaker-node-*"
    return [str(path) for path in (*CGROUPS.glob(f"*/{name}"), *CGROUPS.glob(name))]
