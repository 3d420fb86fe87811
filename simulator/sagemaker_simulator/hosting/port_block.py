"""Ports that nobody else takes between the choice and the server's bind."""

import errno
import random
import socket
from dataclasses import dataclass

# Below Linux's range for outgoing connections (32768-60999 by default): a port from that range can be lost
# to any client socket between our look and the server's bind.
_FIRST_PORT = 12000
_END_PORT = 32000
_PORTS_PER_BLOCK = 10


class NoFreePortsError(Exception):
    """Every block of ports is taken."""


@dataclass(frozen=True, kw_only=True)
class PortBlock:
    """The port a server must bind to, and a range of its own for what it starts itself.

    The block is held against every other simulator on the machine by a socket with an abstract name (unix(7)), which
    the kernel gives back when the process dies, however it dies.
    """

    first: int
    held_by: socket.socket

    @property
    def server_port(self) -> int:
        return self.first

    @property
    def safe_range(self) -> str:
        """SAGEMAKER_SAFE_PORT_RANGE: first and last port, both included."""
        return f"{self.first + 1}-{self.first + _PORTS_PER_BLOCK - 1}"

    def release(self) -> None:
        self.held_by.close()


def take_port_block() -> PortBlock:
    """Hold a block whose ports nobody listens on. Raises NoFreePortsError."""
    blocks = list(range(_FIRST_PORT, _END_PORT, _PORTS_PER_BLOCK))
    random.shuffle(blocks)
    for first in blocks:
        hold = _hold(first)
        if hold is None:
            continue
        if all(is_free(port) for port in range(first, first + _PORTS_PER_BLOCK)):
            return PortBlock(first=first, held_by=hold)
        hold.close()
    raise NoFreePortsError(f"no block of {_PORTS_PER_BLOCK} free ports between {_FIRST_PORT} and {_END_PORT}")


def is_free(port: int) -> bool:
    """Whether a server could bind to the port on every address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
        return True


def _hold(first: int) -> socket.socket | None:
    hold = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        hold.bind(f"\0sagemaker-simulator-ports-{first}")
    except OSError as error:
        hold.close()
        if error.errno == errno.EADDRINUSE:
            return None
        raise
    return hold
