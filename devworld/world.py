"""A world: a control plane with the kinds installed, the simulator as AWS, and the operator between them.

Its packing Jobs run as processes of this machine.
"""

import dataclasses
import os
import signal
from pathlib import Path
from typing import Any

import boto3

from devworld import cluster, environment, recipes
from devworld.settings import Settings, SettingsError
from devworld.simulator_control import SimulatorControl
from devworld.state import State
from tests.controlplane.controlplane import ControlPlane
from tests.controlplane.interrupts import uninterrupted
from tests.controlplane.kubectl import Kubectl
from tests.controlplane.part import Part
from tests.controlplane.source import ExistingCluster, Programs, where_from


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
        self.control_plane = ControlPlane(self.directory, source, death_signal=abrupt, remember=self.remember)
        self.simulator_process = Part(
            recipes.simulator(self.directory, settings, death_signal=polite), remember=self.remember
        )
        self.pod_runner = Part(
            recipes.pod_runner(
                self.directory,
                kubeconfig=self.control_plane.kubeconfig,
                simulator_url=lambda: self.simulator_url,
                death_signal=polite,
            ),
            remember=self.remember,
        )
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
        settings = dataclasses.replace(settings, operator_replicas=state.operator_replicas)
        world = cls(directory, settings, state.source)
        for part in world.all_parts:
            if part.name in state.parts:
                part.restore(state.parts[part.name])
        return world

    @property
    def all_parts(self) -> tuple[Part, ...]:
        """In the order in which they need each other."""
        return (*self.control_plane.parts, self.simulator_process, self.pod_runner, *self.operators)

    @property
    def wanted_parts(self) -> tuple[Part, ...]:
        """Without the operators where none is wanted."""
        return tuple(part for part in self.all_parts if self.settings.operator or part not in self.operators)

    def bring_up(self) -> None:
        """Starts what does not run, and returns when all of it is ready.

        Raises:
            PartError: a part does not start; the others go on.
        """
        self.simulator_process.launch()  # takes as long as the control plane, and needs none
        self.control_plane.start()
        cluster.install_kinds(self.kubectl)
        cluster.install_operator_account(self.kubectl)
        self.simulator_process.await_ready()
        self.pod_runner.start()
        dead = [part for part in self.operators if not part.alive]
        if self.settings.operator and dead:
            self._bring_up_operators(dead)

    def stop(self) -> None:
        """Stops everything, also what is half dead; a cluster of the user's gets rid of the operator's account."""
        with uninterrupted(saying="stopping; a few seconds more"):
            for part in reversed(self.operators):
                part.stop()
            self.pod_runner.stop()
            self.simulator_process.stop()
            if isinstance(self.source, ExistingCluster) and self.control_plane.kubeconfig.exists():
                cluster.remove(self.kubectl)
            self.control_plane.stop()

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
    def simulator_url(self) -> str:
        """Its origin."""
        return recipes.url(self.simulator_process.ports[0])

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
            death_signal=death_signal,
            replica=number,
        )
        return Part(recipe, remember=self.remember)

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
