"""The cable between machine and node, and the bridge that pods hang on.

The node has routes to its own networks and to the machine's end of the cable, and no default route: nothing that runs
in it finds a way to the network, whether or not the machine forwards.
"""

import subprocess
from ipaddress import IPv4Address
from pathlib import Path

from devworld.node.addresses import Addresses
from tests.controlplane.deadlines import until

BRIDGE = "pods0"
INNER_LINK = "machine0"
INTERFACES = Path("/sys/class/net")


def connect(*, link: str, init: int, addresses: Addresses) -> None:
    """Puts the cable between the machine and the network namespace of the process `init`, and the routes to it."""
    cable = addresses.cable.prefixlen
    _ip("link", "add", link, "type", "veth", "peer", "name", INNER_LINK, "netns", str(init))
    _ip("address", "add", f"{addresses.machine}/{cable}", "dev", link)
    _ip("link", "set", link, "up")
    inside = ("nsenter", "--target", str(init), "--net")
    _ip("address", "add", f"{addresses.inner_end}/{cable}", "dev", INNER_LINK, within=inside)
    _ip("link", "set", INNER_LINK, "up", within=inside)
    _bridge(addresses, inside)
    for network in (addresses.pods, addresses.services):
        _ip("route", "add", str(network), "via", str(addresses.inner_end))


def remove(link: str) -> None:
    """It goes with the node's network namespace, which the kernel clears away some time after the last process.

    Raises:
        DeadlineError: it is still there.
    """
    if (INTERFACES / link).exists():
        subprocess.run(["ip", "link", "delete", link], capture_output=True, check=False)  # the kernel may be faster
    until(lambda: not (INTERFACES / link).exists(), what=f"the network interface {link} to go", within_seconds=10)


def _bridge(addresses: Addresses, inside: tuple[str, ...]) -> None:
    node: IPv4Address = addresses.node
    _ip("link", "add", BRIDGE, "type", "bridge", within=inside)
    _ip("address", "add", f"{node}/{addresses.pods.prefixlen}", "dev", BRIDGE, within=inside)
    _ip("link", "set", BRIDGE, "up", within=inside)
    # The kernel wants some route before kube-proxy's rules turn a Service's address into a pod's.
    _ip("route", "add", str(addresses.services), "dev", BRIDGE, "src", str(node), within=inside)


def _ip(*arguments: str, within: tuple[str, ...] = ()) -> None:
    done = subprocess.run([*within, "ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
