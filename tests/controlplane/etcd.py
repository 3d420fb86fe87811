"""How etcd is started: one member, on the loopback, its data in a folder of its own."""

from pathlib import Path

from tests.controlplane.httpcheck import answers_ok
from tests.controlplane.part import Ports


def command(program: Path, *, data: Path, ports: Ports) -> tuple[str, ...]:
    """Ports: for clients, for (absent) peers."""
    client, peer = (f"http://127.0.0.1:{port}" for port in ports)
    return (
        str(program),
        f"--data-dir={data}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
        "--unsafe-no-fsync",  # a crash of the machine may lose it all, a crash of etcd loses nothing
        "--log-level=warn",
    )


def answers(ports: Ports) -> bool:
    """etcd's own health check, which needs a leader."""
    return answers_ok(f"http://127.0.0.1:{ports[0]}/health")
