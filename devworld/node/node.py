"""A node that can be started, found again by a later command, and taken down; what World calls."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Address
from pathlib import Path

from devworld.node import images, layout, links, slots
from devworld.node.agents import SYNC_FREQUENCY
from devworld.node.availability import NodeUnavailableError, available, why_not_in
from devworld.node.bringing_up import BringingUp
from devworld.node.containerd import Containerd
from devworld.node.layout import Layout
from devworld.node.programs import Programs
from devworld.node.sandbox import Sandbox
from devworld.node.slots import Slot
from tests.controlplane import proc
from tests.controlplane.interrupts import uninterrupted
from tests.controlplane.kubectl import Kubectl
from tests.controlplane.processes import Process


@dataclasses.dataclass(frozen=True)
class Node:
    """A cluster of one node, in whatever state; `directory` holds its kubeconfig and logs, and is its alone."""

    layout: Layout
    slot: Slot
    sandbox: Sandbox
    programs: Programs

    @classmethod
    def start(
        cls,
        directory: Path,
        *,
        archives: Sequence[Path] = (),
        dies_with_starter: bool = False,
        sync_frequency: str = SYNC_FREQUENCY,
        audit_reads_of: str | None = None,
        once_connected: Callable[["Node"], None] = lambda _: None,
    ) -> "Node":
        """A new one in the place of whatever was in the directory; returns when pods run and find each other by name.

        It gets the addresses of the one before it if they are free.
        `archives`: images that it has from the start (OCI or Docker archives); there is no registry to pull from, so
        a pod says imagePullPolicy IfNotPresent or Never. With `dies_with_starter` the kernel ends it with the thread
        that calls this, so call it from the main thread. `sync_frequency`: how often the kubelet looks at ConfigMaps.
        The audit log holds what changes something, and of the user `audit_reads_of` everything. `once_connected` is
        called when the machine has the address at which pods find it, seconds before the rest is there.

        Raises:
            NodeUnavailableError: there can be none on this machine, or in this directory.
            ExpectedError: a part cannot be fetched, built or started; nothing is left then.
        """
        directory = directory.resolve()
        reason = available() or why_not_in(directory)
        if reason:
            raise NodeUnavailableError(reason)
        before = cls.found(directory)
        if before is not None:
            before.down()
        programs = Programs.ready()
        template = images.template(programs, archives)
        preferred = before.slot if before is not None else None
        node = cls._in_a_slot(directory, programs, dies_with_starter=dies_with_starter, preferred=preferred)
        try:
            links.connect(link=node.slot.link, init=node.sandbox.init.pid, addresses=node.slot.addresses)
            once_connected(node)
            up = BringingUp(sandbox=node.sandbox, programs=programs, slot=node.slot, layout=node.layout)
            up.all(template, sync_frequency=sync_frequency, audit_reads_of=audit_reads_of)
        except BaseException:
            node.down()
            raise
        return node

    @classmethod
    def found(cls, directory: Path) -> "Node | None":
        """The one that was started in the directory, alive or not; None when there is none."""
        directory = directory.resolve()
        state = layout.read_state(directory)
        if state is None:
            return None
        return cls(
            Layout(directory, Path(state["scratch"])),
            Slot(state["slot"]),
            Sandbox(holder=_process(state["holder"]), init=_process(state["init"])),
            Programs(**{name: Path(path) for name, path in state["programs"].items()}),
        )

    @property
    def alive(self) -> bool:
        """Whether the process that holds it lives."""
        return self.sandbox.alive

    @property
    def kubeconfig(self) -> Path:
        """cluster-admin; works from the machine."""
        return self.layout.kubeconfig

    @property
    def kubectl(self) -> Kubectl:
        """As admin."""
        return Kubectl(self.programs.kubectl, self.kubeconfig, self.layout.kubectl_cache)

    @property
    def audit_log(self) -> Path:
        """The API server's: JSON lines, Metadata level, requests that change something."""
        return self.layout.audit_log

    @property
    def machine_address(self) -> IPv4Address:
        """At which pods find programs of the machine that listen on it or on all addresses."""
        return self.slot.addresses.machine

    @property
    def dns_address(self) -> IPv4Address:
        """The cluster's DNS, from the machine too."""
        return self.slot.addresses.dns_service

    def load(self, archive: Path) -> None:
        """Gives it the images of one more OCI or Docker archive. Raises SandboxError when it is none."""
        self._containerd.load(archive)

    def images(self) -> list[str]:
        """The names under which it has images."""
        return list(self._containerd.images())

    def has(self, name: str, *, digest: str) -> bool:
        """Whether it has this very image under the name; `digest` is that of the manifest."""
        return self._containerd.images().get(name) == digest

    def down(self) -> None:
        """Ends it and removes everything of it but its logs.

        End clients first: one that still asks for a Service's address then has no route to it any more.

        Raises:
            SandboxError, DeadlineError: a process of it cannot be killed.
        """
        with uninterrupted(saying="taking the node down; a moment more"):
            self.sandbox.end()
            slots.clean_after(self.slot, scratch=self.layout.scratch)
            self.layout.remove_what_only_a_living_node_needs()

    @property
    def _containerd(self) -> Containerd:
        return Containerd.of(self.sandbox, self.programs, self.layout)

    @classmethod
    def _in_a_slot(
        cls, directory: Path, programs: Programs, *, dies_with_starter: bool, preferred: Slot | None
    ) -> "Node":
        """With nothing but its namespaces yet."""
        with uninterrupted():
            place = Layout.of(directory)
            claim = slots.claim(scratch=place.scratch, preferred=preferred)
            try:
                place.make()
                log = place.logs / "sandbox.log"
                sandbox = Sandbox.start(
                    log=log, kubelet=place.kubelet, lock=claim.lock, dies_with_starter=dies_with_starter
                )
            except BaseException:
                claim.let_go()
                slots.clean(claim.slot)
                raise
            claim.let_go()
            node = cls(place, claim.slot, sandbox, programs)
            node._remember()
            return node

    def _remember(self) -> None:
        processes = {"holder": self.sandbox.holder.identity, "init": self.sandbox.init.identity}
        layout.write_state(
            self.layout.directory,
            {
                "slot": self.slot.number,
                "scratch": str(self.layout.scratch),
                "programs": {name: str(path) for name, path in dataclasses.asdict(self.programs).items()},
                **{name: dataclasses.asdict(identity) for name, identity in processes.items()},
            },
        )


def _process(identity: Mapping[str, int]) -> Process:
    return Process(proc.Identity(**identity))


def down(directory: Path) -> bool:
    """Takes down the node that was started in the directory; False when there is none."""
    node = Node.found(directory)
    if node is None:
        return False
    node.down()
    return True
