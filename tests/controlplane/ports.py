"""Free ports of the loopback for programs that must be told theirs."""

import random
import socket

# Below Linux's range for outgoing connections (32768 and up, ip(7) ip_local_port_range), so that no connection can sit
# on a port while the program that owned it is started again; above it is where `bind` to port 0 chooses.
RANGE = range(20000, 30000)


def free_port() -> int:
    """A port that nobody listens on now.

    Somebody may take it before its program does; whoever starts the program tries again with another then.
    """
    chance = random.SystemRandom()
    while True:
        port = chance.choice(RANGE)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
