"""Where operators are installed as Pods: a node, and beside it on the machine the simulator as their AWS.

The simulator is a process of the machine and not a Pod of the chart: an upgrade or a drain would take its memory, and
with it all that is to be found unchanged afterwards.
"""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from devworld import environment
from devworld.node.node import Node
from devworld.settings import Settings
from devworld.world import World
from tests.controlplane.source import ExistingCluster
from tests.integration.vocabulary.shared_world import TIME_SCALE, SharedWorld
from tests.node.conftest import quiet_machine


class Ground:
    """One node and one account of AWS; nothing is installed yet."""

    def __init__(self, node: Node, shared: SharedWorld) -> None:
        self.node = node
        self.shared = shared

    @classmethod
    @contextlib.contextmanager
    def begun(cls, directory: Path, *, archives: Sequence[Path]) -> Iterator["Ground"]:
        """For the length of a block, in the main thread; `archives` hold the images that Pods may run."""
        with quiet_machine():
            node = Node.start(directory / "node", archives=archives, dies_with_starter=True)
        try:
            with _account(directory / "world", node) as shared:
                yield cls(node, shared)
        finally:
            with quiet_machine():
                node.down()

    def aws_variables(self) -> list[dict[str, Any]]:
        """As in a container's env. The Pod's name goes into the user agent, by which calls are told apart."""
        port = self.shared.world.simulator_process.ports[0]
        values = {
            "AWS_ENDPOINT_URL": f"http://{self.node.machine_address}:{port}",
            "AWS_ACCESS_KEY_ID": environment.OPERATOR_KEY,
            "AWS_SECRET_ACCESS_KEY": environment.SECRET,
            "AWS_REGION": environment.REGION,
            "AWS_DEFAULT_REGION": environment.REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        own_name = {"name": "AWS_SDK_UA_APP_ID", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}
        return [*({"name": name, "value": value} for name, value in values.items()), own_name]


@contextlib.contextmanager
def _account(directory: Path, node: Node) -> Iterator[SharedWorld]:
    cluster = ExistingCluster(kubeconfig=node.kubeconfig, kubectl=node.programs.kubectl)
    for_pods = f"--host={node.machine_address}"  # beside the loopback
    settings = Settings(time_scale=TIME_SCALE, operator=False, simulator_args=(for_pods,))
    world = World(directory, settings, cluster, die_with_parent=True)
    world.operator.log.touch()  # that of a process; there is none
    try:
        world.control_plane.start()
        world.simulator_process.start()
        shared = SharedWorld(world)
        yield shared
        shared.objects.close()
    finally:
        world.simulator_process.stop()
