"""Two nodes never share an address, and none is one that a network uses."""

import itertools
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from devworld.node.addresses import BLOCKS, Addresses, routed
from devworld.node.slots import Slot


def networks(addresses: Addresses) -> list[IPv4Network]:
    return [addresses.pods, addresses.services, addresses.cable]


def test_no_network_of_a_node_overlaps_another_of_its_own_or_of_another_node() -> None:
    everything = [network for block in BLOCKS for network in networks(Addresses(block))]
    assert len(everything) == 3 * 16
    assert not [pair for pair in itertools.combinations(everything, 2) if pair[0].overlaps(pair[1])]


def test_every_address_is_in_the_range_for_laboratories() -> None:
    assert all(
        network.subnet_of(IPv4Network("198.18.0.0/15")) for block in BLOCKS for network in networks(Addresses(block))
    )


def test_each_address_is_in_the_network_it_belongs_to() -> None:
    addresses = Slot(3).addresses
    assert addresses.node in addresses.pods
    assert addresses.dns_service in addresses.services
    assert addresses.kubernetes_service == addresses.services[1]
    assert {addresses.machine, addresses.inner_end} == set(addresses.cable.hosts())


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("eth0 000200C0 00000000 0001 0 0 0 00FFFFFF 0 0 0", [IPv4Network("192.0.2.0/24")]),
        ("tun0 000012C6 00000000 0001 0 0 0 0000FEFF 0 0 0", [IPv4Network("198.18.0.0/15")]),
        ("eth0 00000000 010200C0 0003 0 0 0 00000000 0 0 0", []),
    ],
)
def test_the_machines_routes_are_read_as_the_kernel_prints_them(
    row: str, found: list[IPv4Network], tmp_path: Path
) -> None:
    table = tmp_path / "route"
    table.write_text("Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n" + row + "\n", "ascii")
    assert routed(table) == found
