"""The one process that holds a node: the first of its namespaces. When it ends, the kernel ends everything in them.

Started as a file, not as a module, by `unshare`, so that it needs nothing but Python itself:
    python -I -S sandbox_init.py READY_DESCRIPTOR [FOLDER_OF_THE_KUBELET]
It writes to the descriptor once the namespaces are furnished. Then it only reaps: whoever loses his parent in here
becomes its child (pid_namespaces(7)).
"""

import ctypes
import fcntl
import os
import signal
import socket
import struct
import sys

# Programs of a node write under these, at paths of their own choice; here they are empty and gone with the namespace.
EMPTY = ("/run", "/var/lib", "/var/log")
KUBELET = "/var/lib/kubelet"
EXPECTED = ("/run/containerd", "/run/lock", "/run/netns", "/var/lib/cni", KUBELET, "/var/log/containers")
# The kubelet sets these for the whole machine where they differ (pkg/kubelet/cm, setupKernelTunables). It finds files
# that say already what it wants, and the machine's own stay as they are.
WANTED_BY_KUBELET = {
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
}
# Of this network namespace alone: pods hang on a bridge, and the node forwards between it and the cable.
NETWORK = {"net/ipv4/ip_forward": "1", "net/bridge/bridge-nf-call-iptables": "1"}
MS_BIND = 0x1000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1


def main(ready: int, kubelet: str | None) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    for folder in EMPTY:
        _mount("tmpfs", folder, kind="tmpfs", data="mode=755")
    for folder in EXPECTED:
        os.makedirs(folder)
    if kubelet:  # a socket's path has at most 107 bytes (unix(7)), and this folder may be anywhere
        _mount(kubelet, KUBELET, flags=MS_BIND)
    _cover_settings()
    for name, value in NETWORK.items():
        with open(f"/proc/sys/{name}", "w", encoding="ascii") as setting:
            setting.write(value)
    _loopback_up()
    os.write(ready, b"ready")
    os.close(ready)
    _reap_for_ever()


def _cover_settings() -> None:
    for name, value in WANTED_BY_KUBELET.items():
        setting, cover = f"/proc/sys/{name}", f"/run/sysctl-{name.replace('/', '-')}"
        if not os.path.exists(setting):
            continue
        with open(cover, "w", encoding="ascii") as file:
            file.write(f"{value}\n")
        _mount(cover, setting, flags=MS_BIND)


def _mount(source: str, target: str, *, kind: str = "", flags: int = 0, data: str = "") -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode()) != 0:
        sys.exit(f"mounting {source} on {target}: {os.strerror(ctypes.get_errno())}")


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        (flags,) = struct.unpack_from("h", fcntl.ioctl(any_socket, SIOCGIFFLAGS, struct.pack("16sh22x", b"lo", 0)), 16)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", flags | IFF_UP))


def _reap_for_ever() -> None:
    while True:
        try:
            os.wait()
        except ChildProcessError:
            signal.sigwait({signal.SIGCHLD})


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
