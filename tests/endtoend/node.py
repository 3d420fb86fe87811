"""The project's own node as the cluster: no Docker, and the images are built by buildah."""

from collections.abc import Callable
from pathlib import Path

from devworld.images.availability import available as images_available
from devworld.images.building import built
from devworld.images.recipes import OPERATOR, PACKER, SIMULATOR
from devworld.node.availability import available as node_available
from devworld.node.node import Node
from tests.controlplane.kubectl import Kubectl
from tests.node.conftest import quiet_machine


def unavailable() -> str | None:
    return node_available() or images_available()


def up(folder: Path) -> tuple[Kubectl, Callable[[], None]]:
    archives = [built(recipe).archive for recipe in (OPERATOR, PACKER, SIMULATOR)]
    with quiet_machine():
        started = Node.start(folder, archives=archives, dies_with_starter=True)

    def down() -> None:
        with quiet_machine():
            started.down()

    return started.kubectl, down
