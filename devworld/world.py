"""A world: a control plane with the kinds installed, the simulator as AWS, and the operator between them.

Its packing Jobs run as pods where it has a node, and else as processes of this machine.
"""

import dataclasses
import os
import signal
from pathlib import Path
from typing import Any

import boto3

from devworld import cluster, environment, recipes
from devworld.images.building import built
from devworld.images.recipes import PACKER
from devworld.node.node import Node
from devworld.node_control_plane import NodeControlPlane
from devworld.settings import Settings, SettingsError
from devworld.simulator_control import SimulatorControl
from devworld.state import State
from tests.controlplane.controlplane import ControlPlane
from tests.controlplane.httpcheck import connects
from tests.controlplane.interrupts import uninterrupted
from tests.controlplane.kubectl import Kubectl
from tests.controlplane.part import Part
from tests.controlplane.source import ExistingCluster, Programs, where_from
from tests.rights import recording

NODE = "node"


def node_folder(directory: Path) -> Path:
    """Where the node of the world in the directory has its files."""
    return directory / NODE


class World:
    """One world in one directory. Its parts can be killed and started again one by one.

    `operators` are the replicas in order, `operator` the first of them.

    With `die_with_parent` the kernel ends its processes when the process that started them ends, however it ends.
    Start it from the main thread then.
    """

    def __init__(
        self, directory: Path, settings: Settings, source: ExistingCluster | Programs, *, die_with_parent: bool = False
    ) -> None:
        """Nothing runs yet."""
        self.directory = directory.resolve()
        self.settings = settings
        self.source = source
        # The simulator has children of its own to see off; a control plane whose data nobody wants can just go.
        polite = signal.SIGTERM if die_with_parent else None
        abrupt = signal.SIGKILL if die_with_parent else None
        (self.directory / "logs").mkdir(parents=True, exist_ok=True)
        self.control_plane = (
            self._node(dies_with_starter=die_with_parent) if settings.node else self._loopback(death_signal=abrupt)
        )
        self.simulator_process = Part(
            recipes.simulator(self.directory, settings, hosts=self._hosts, death_signal=polite), remember=self.remember
        )
        self._pod_runners = () if settings.node else (self._pod_runner(death_signal=polite),)
        self.operator_kubeconfig = self.directory / "operator.kubeconfig"
        replicas = range(1, settings.operator_replicas + 1)
        self.operators = tuple(self._replica(number, death_signal=polite) for number in replicas)
        self.operator = self.operators[0]

    @classmethod
    def start(cls, directory: Path, settings: Settings, *, die_with_parent: bool = False) -> "World":
        """A new world, ready; the control plane comes from where the environment says.

        Raises:
            PartError: a part does not start; what did start has been stopped again.
        """
        world = cls(directory, settings, where_from(os.environ), die_with_parent=die_with_parent)
        try:
            world.bring_up()
        except BaseException:
            world.stop()
            raise
        return world

    @classmethod
    def found(cls, directory: Path, settings: Settings, state: State) -> "World":
        """The world that an earlier command started, in whatever state it is."""
        settings = dataclasses.replace(settings, operator_replicas=state.operator_replicas, node=state.node)
        world = cls(directory, settings, state.source)
        for part in world.all_parts:
            if part.name in state.parts:
                part.restore(state.parts[part.name])
        return world

    @property
    def all_parts(self) -> tuple[Part, ...]:
        """In the order in which they need each other."""
        return (*self.control_plane.parts, self.simulator_process, *self._pod_runners, *self.operators)

    @property
    def alive(self) -> bool:
        """Whether anything of it runs."""
        return self.control_plane.alive or any(part.alive for part in self.all_parts)

    def missing(self) -> list[str]:
        """What does not run and should, by name; no operator where none is wanted."""
        wanted = [part for part in self.all_parts if self.settings.operator or part not in self.operators]
        node = ["node"] if self.settings.node and not self.control_plane.alive else []
        return node + [part.name for part in wanted if not part.alive]

    def bring_up(self) -> None:
        """Starts what does not run, and returns when all of it is ready.

        Raises:
            PartError: a part does not start; the others go on.
            ExpectedError: the node does not come up.
        """
        if self.settings.node:
            self._bring_up_node()
        self.simulator_process.launch()  # takes as long as the control plane, and needs none
        self.control_plane.start()
        cluster.install_kinds(self.kubectl)
        cluster.install_operator_account(self.kubectl)
        self.simulator_process.await_ready()
        for part in self._pod_runners:
            part.start()
        dead = [part for part in self.operators if not part.alive]
        if self.settings.operator and dead:
            self._bring_up_operators(dead)

    def stop(self) -> None:
        """Stops everything, also what is half dead; a cluster of the user's gets rid of the operator's account."""
        with uninterrupted(saying="stopping; a few seconds more"):
            for part in (*reversed(self.operators), *self._pod_runners, self.simulator_process):
                part.stop()
            if isinstance(self.source, ExistingCluster) and self.control_plane.kubeconfig.exists():
                cluster.remove(self.kubectl)
            self.control_plane.stop()
        recording.keep_requests(self.directory, self.control_plane.audit_log, user=cluster.operator_user())

    def remember(self) -> None:
        """Writes down which processes are this world."""
        State(
            settings=self.settings.as_words(),
            source=self.source,
            parts={part.name: part.as_state() for part in self.all_parts},
        ).write(self.directory)

    @property
    def kubectl(self) -> Kubectl:
        """As admin: `world.kubectl("get", "iep", "-A")` returns what it prints."""
        return self.control_plane.kubectl

    def kube_client(self) -> Any:
        """An admin `kubernetes.client.ApiClient`; the caller closes it."""
        from kubernetes import config

        return config.new_client_from_config(config_file=str(self.control_plane.kubeconfig))

    def boto3(self, service: str) -> Any:
        """A client of the simulator, as the user and not as the operator."""
        session = boto3.Session(
            aws_access_key_id=environment.USER_KEY,
            aws_secret_access_key=environment.SECRET,
            region_name=environment.REGION,
        )
        return session.client(service, endpoint_url=self.simulator_url)  # type: ignore[call-overload]

    @property
    def node(self) -> Node | None:
        """As it was started last, alive or not; None where the world has none."""
        return self.control_plane.node if isinstance(self.control_plane, NodeControlPlane) else None

    @property
    def simulator_url(self) -> str:
        """Its origin."""
        return recipes.url(self.simulator_process.ports[0])

    @property
    def simulator_url_in_pods(self) -> str:
        """Where pods find it. Raises SettingsError: no pods run in this world."""
        if self.node is None:
            raise SettingsError("this world has no node, so no pods run in it")
        return recipes.url(self.simulator_process.ports[0], host=str(self.node.machine_address))

    @property
    def simulator(self) -> SimulatorControl:
        """Its control API."""
        return SimulatorControl(self.simulator_url)

    @property
    def operator_url(self) -> str:
        """The origin of /metrics, /healthz and /readyz of the first replica."""
        return recipes.url(self.operator.ports[0])

    def _replica(self, number: int, *, death_signal: signal.Signals | None) -> Part:
        recipe = recipes.operator(
            self.directory,
            self.settings,
            kubeconfig=self.operator_kubeconfig,
            simulator_url=lambda: self.simulator_url,
            packing=self._packing,
            death_signal=death_signal,
            replica=number,
        )
        return Part(recipe, remember=self.remember)

    def _packing(self) -> tuple[str, ...]:
        if self.settings.node:
            return recipes.packing_in_pods(self.simulator_url_in_pods)
        return recipes.packing_by_pod_runner()

    def _pod_runner(self, *, death_signal: signal.Signals | None) -> Part:
        recipe = recipes.pod_runner(
            self.directory,
            kubeconfig=self.control_plane.kubeconfig,
            simulator_url=lambda: self.simulator_url,
            death_signal=death_signal,
        )
        return Part(recipe, remember=self.remember)

    def _loopback(self, *, death_signal: signal.Signals | None) -> ControlPlane:
        return ControlPlane(
            self.directory,
            self.source,
            death_signal=death_signal,
            remember=self.remember,
            audit_reads_of=recording.audited(cluster.operator_user()),
        )

    def _node(self, *, dies_with_starter: bool) -> NodeControlPlane:
        return NodeControlPlane(
            node_folder(self.directory),
            kubectl=self.source.kubectl,
            archives=lambda: [built(PACKER).archive],
            dies_with_starter=dies_with_starter,
            audit_reads_of=recording.audited(cluster.operator_user()),
            once_connected=self._launch_simulator_for_pods,
        )

    def _hosts(self) -> tuple[str, ...]:
        """The addresses at which the simulator listens; pods need one more than programs of this machine."""
        return (recipes.LOOPBACK,) if self.node is None else (recipes.LOOPBACK, str(self.node.machine_address))

    def _bring_up_node(self) -> None:
        if not self.control_plane.alive:
            for part in self.operators:
                part.stop()  # it knows the cluster that is gone, and none other
        self.control_plane.start()

    def _launch_simulator_for_pods(self, node: Node) -> None:
        """Once the machine has the address; a simulator that lives goes on unless it is another than before."""
        process = self.simulator_process
        if process.alive and not connects(str(node.machine_address), process.ports[0]):
            process.stop()
        process.launch()

    def _bring_up_operators(self, parts: list[Part]) -> None:
        if not cluster.rights_exist():
            raise SettingsError(f"{cluster.RBAC} holds no *.yaml: an operator would have no rights; set OPERATOR=0")
        self.control_plane.kubeconfig_of(
            cluster.service_account(), namespace=cluster.OPERATOR_NAMESPACE, path=self.operator_kubeconfig
        )
        for part in parts:
            part.launch()
        for part in parts:
            part.await_ready()
