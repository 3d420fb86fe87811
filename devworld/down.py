"""`make dev-down`: nothing of a world runs any more, however it was left; its logs stay."""

import shutil
from pathlib import Path

from devworld import chart, envfile
from devworld.narration import Narration
from devworld.node import node
from devworld.onlyone import only_one
from devworld.settings import Settings
from devworld.state import FILE as STATE
from devworld.state import State
from devworld.world import World, node_folder

MADE = ("etcd", "certificates", "kubectl-cache", "bin", "tmp")
MADE_FILES = (
    STATE,
    envfile.FILE,
    chart.VALUES,
    "kubeconfig",
    "controllers.kubeconfig",
    "operator.kubeconfig",
    "audit-policy.json",
)


def down(directory: Path) -> None:
    """Stops what runs and removes what only a running world needs."""
    says = Narration("dev-down")
    if not directory.exists():
        says.say("there is no world")
        return
    with only_one(directory):
        says.say("stopped" if stop(directory) else "nothing was running")
        _remove(directory)


def stop(directory: Path) -> bool:
    """Stops what runs of the world in the directory; False when nothing did."""
    state = State.read(directory)
    if state is None:
        return node.down(node_folder(directory))  # of a start that was killed before it wrote anything down
    world = World.found(directory, Settings(), state)
    lived = world.alive
    world.stop()
    return lived


def clear(directory: Path) -> None:
    """Makes room for a new world: stops leftovers of a dead one and removes its files, its logs too."""
    stop(directory)
    _remove(directory)
    for logs in (directory / "logs", node_folder(directory)):
        shutil.rmtree(logs, ignore_errors=True)


def _remove(directory: Path) -> None:
    for name in MADE:
        shutil.rmtree(directory / name, ignore_errors=True)
    for name in MADE_FILES:
        (directory / name).unlink(missing_ok=True)
