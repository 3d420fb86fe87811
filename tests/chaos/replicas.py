"""Several replicas of the operator and the Lease between them: who acts, who took over and when."""

import dataclasses
import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kubernetes import client
from kubernetes.client.exceptions import ApiException

from devworld.cluster import OPERATOR_NAMESPACE
from devworld.settings import Settings
from devworld.world import World
from tests.controlplane.deadlines import until
from tests.controlplane.part import Part, Recipe
from tests.controlplane.source import where_from
from tests.integration.vocabulary.shared_world import TIME_SCALE

LEASE = "endpoint-operator"
# It sees within a second what AWS did behind its back, and reads do not lag here: a successor goes on soon with what
# was under way. The Lease is as it ships unless a test says otherwise.
PERIODS = {"--fleet-sweep-seconds": "1", "--transition-seconds": "0.25", "--consistency-window-seconds": "1"}


def start_world(
    directory: Path, *, replicas: int, lease_seconds: float | None = None, variables: Mapping[str, str] | None = None
) -> World:
    """One whose replicas can be told apart in the simulator's calls: botocore puts a variable into the User-Agent.

    `variables` are the replicas' own, beside that one.
    """
    lease = {} if lease_seconds is None else {"--lease-seconds": f"{lease_seconds:g}"}
    arguments = tuple(word for pair in {**PERIODS, **lease}.items() for word in pair)
    settings = Settings(time_scale=TIME_SCALE, operator_replicas=replicas, operator_args=arguments)
    world = World(directory, settings, where_from(os.environ), die_with_parent=True)
    for part in world.operators:
        part.recipe = dataclasses.replace(part.recipe, environment=_environment(part.recipe, variables or {}))
    try:
        world.bring_up()
    except BaseException:
        world.stop()
        raise
    return world


def _environment(recipe: Recipe, variables: Mapping[str, str]) -> Callable[[], Mapping[str, str]]:
    return lambda: {**recipe.environment(), **variables, "AWS_SDK_UA_APP_ID": recipe.name}


def replica_of(call: Mapping[str, Any]) -> str:
    """The name of the replica that made a call; empty when none did."""
    words = str(call["userAgent"] or "").split()
    return next((word.removeprefix("app/") for word in words if word.startswith("app/")), "")


class Replicas:
    """The replicas of one world, seen through their Lease as the API server has it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._api_client = world.kube_client()
        self._leases = client.CoordinationV1Api(self._api_client)

    def close(self) -> None:
        self._api_client.close()

    def holder(self) -> str:
        """Of the Lease; empty when nobody is."""
        try:
            lease = self._leases.read_namespaced_lease(LEASE, OPERATOR_NAMESPACE)
        except ApiException as error:
            if error.status == 404:
                return ""
            raise
        return lease.spec.holder_identity or ""

    def transitions(self) -> int:
        """How often the Lease changed hands."""
        lease = self._leases.read_namespaced_lease(LEASE, OPERATOR_NAMESPACE)
        return int(lease.spec.lease_transitions or 0)

    def leader(self) -> Part:
        """The living replica that holds the Lease; waits for one."""
        leader = until(self._leader, what="a replica that holds the Lease", within_seconds=90)
        assert leader is not None
        return leader

    def successor_of(
        self, holder: str, *, within_seconds: float, meanwhile: Callable[[], None] = lambda: None
    ) -> tuple[Part, float]:
        """Waits until another one than `holder` holds the Lease; which, and when that was seen (monotonic seconds)."""

        def succeeded() -> bool:
            meanwhile()
            return self.holder() not in ("", holder)

        until(succeeded, what=f"a successor of {holder}", within_seconds=within_seconds)
        seen = time.monotonic()
        meanwhile()
        return self.leader(), seen

    def start_the_dead(self) -> None:
        """Returns before they are ready."""
        for part in self._world.operators:
            part.launch()

    def make_whole(self) -> None:
        """All of them run and none is frozen."""
        for part in self._world.operators:
            thaw(part)
        self.start_the_dead()
        for part in self._world.operators:
            part.await_ready()
        self.leader()

    def _leader(self) -> Part | None:
        holder = self.holder()
        return next((part for part in self._world.operators if part.alive and f"_{part.pid}_" in holder), None)


def freeze(part: Part) -> None:
    """SIGSTOP: it does nothing until `thaw`, and its clocks go on."""
    os.kill(part.pid, signal.SIGSTOP)


def thaw(part: Part) -> None:
    if part.alive:
        os.kill(part.pid, signal.SIGCONT)
