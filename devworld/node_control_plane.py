"""The control plane of a world with a node: it comes and goes as a whole, and pods run in it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from devworld.node import node
from devworld.node.layout import Layout
from devworld.node.node import Node
from tests.controlplane.controlplane import ControlPlane
from tests.controlplane.source import ExistingCluster


class NodeControlPlane(ControlPlane):
    """Found again by its folder. What was in the cluster is gone with the node: the next start makes an empty one."""

    def __init__(
        self,
        directory: Path,
        *,
        kubectl: Path,
        archives: Callable[[], Sequence[Path]],
        dies_with_starter: bool,
        audit_reads_of: str | None,
        once_connected: Callable[[Node], None],
    ) -> None:
        """Nothing runs that did not run before. `directory` is the node's own; for the others see `Node.start`."""
        place = Layout.of(directory)
        super().__init__(directory, ExistingCluster(kubeconfig=place.kubeconfig, kubectl=kubectl))
        self.audit_log = place.audit_log
        self.node: Node | None = Node.found(directory)
        self._archives = archives
        self._dies_with_starter = dies_with_starter
        self._reads_of = audit_reads_of
        self._once_connected = once_connected

    @property
    def alive(self) -> bool:
        return self.node is not None and self.node.alive

    def start(self) -> None:
        """As `Node.start` raises; a node that lives is left as it is."""
        if self.alive:
            return
        Node.start(
            self.directory,
            archives=self._archives(),
            dies_with_starter=self._dies_with_starter,
            audit_reads_of=self._reads_of,
            once_connected=self._connected,
        )

    def stop(self) -> None:
        node.down(self.directory)
        self.node = None

    def discard(self) -> None:
        """Nothing: what it held went with it."""

    def _connected(self, started: Node) -> None:
        self.node = started
        self._once_connected(started)
