"""Which addresses a node uses: a block of its own for each of the nodes that a machine may run at once.

They are in 198.18.0.0/15, which RFC 2544 sets aside for tests in a laboratory: neither a company's network nor Docker
uses it, and no router on the Internet passes it on.
"""

import dataclasses
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

LABORATORY = IPv4Network("198.18.0.0/15")
BLOCKS = tuple(LABORATORY.subnets(new_prefix=19))
ROUTES = Path("/proc/net/route")


@dataclasses.dataclass(frozen=True)
class Addresses:
    """Of one node; both ends of the cable between it and the machine are named from the node."""

    block: IPv4Network

    @property
    def pods(self) -> IPv4Network:
        return self._part(0)

    @property
    def services(self) -> IPv4Network:
        return self._part(1)

    @property
    def cable(self) -> IPv4Network:
        return next(self._part(2).subnets(new_prefix=30))

    @property
    def node(self) -> IPv4Address:
        """The node's own, on its bridge: the API server, the kubelet and the DNS server listen here."""
        return self.pods[1]

    @property
    def kubernetes_service(self) -> IPv4Address:
        """kubernetes.default.svc: always the first of the range."""
        return self.services[1]

    @property
    def dns_service(self) -> IPv4Address:
        return self.services[10]

    @property
    def machine(self) -> IPv4Address:
        """At which pods find programs of the machine."""
        return self.cable[1]

    @property
    def inner_end(self) -> IPv4Address:
        """The node's end of the cable."""
        return self.cable[2]

    def _part(self, number: int) -> IPv4Network:
        return list(self.block.subnets(new_prefix=21))[number]


def routed(table: Path = ROUTES) -> list[IPv4Network]:
    """The networks that this machine has routes to, the default route left out (proc_net(5), route)."""
    rows = [line.split() for line in table.read_text(encoding="ascii").splitlines()[1:]]
    networks = [IPv4Network((_address(row[1]), str(IPv4Address(_address(row[7]))))) for row in rows]
    return [network for network in networks if network.prefixlen]


def _address(text: str) -> int:
    """The kernel prints them as numbers of the machine's byte order; every machine with a node is little-endian."""
    return int.from_bytes(bytes.fromhex(text), "little")
