"""What the tests of worlds with a node need: to know whether there can be one, and what it may leave on the machine."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from devworld.images import availability as images
from devworld.node import availability
from devworld.node.node import Node
from tests.devworld.command import DevWorld, processes_of
from tests.node.conftest import quiet_machine
from tests.node.traces import INTERFACES, control_groups

MOUNTS = Path("/proc/self/mounts")
UP_WITHIN_SECONDS = 900.0  # the first one builds images


def skip_without_a_node() -> None:
    """With the sentence that says why there can be none."""
    reason = availability.available() or images.available()
    if reason:
        pytest.skip(reason)


@contextlib.contextmanager
def running(devworld: DevWorld, **settings: str) -> Iterator[None]:
    """A world with a node for the length of a block; nothing of it is left on the machine after that."""
    skip_without_a_node()
    try:
        with quiet_machine():
            said = devworld.run("up", within_seconds=UP_WITHIN_SECONDS, NODE="1", **settings)
        assert said.code == 0, said.output
        yield
        with quiet_machine():  # else its slot may be another's before it has been looked at
            ended = node_of(devworld)
            said = devworld.run("down")
            assert said.code == 0, said.output
            assert left_of(ended) == []
        assert processes_of(devworld.directory) == []
    finally:
        devworld.run("down")


def node_of(devworld: DevWorld) -> Node:
    node = devworld.world().node
    assert node is not None
    return node


def left_of(ended: Node) -> list[str]:
    """What is still on the machine of a node that was taken down."""
    paths = (INTERFACES / ended.slot.link, ended.layout.scratch, ended.layout.keys, ended.kubeconfig)
    mounts = [line for line in MOUNTS.read_text(encoding="utf-8").splitlines() if str(ended.layout.scratch) in line]
    processes = processes_of(ended.layout.scratch)
    return [*(str(path) for path in paths if path.exists()), *control_groups(ended.slot), *mounts, *processes]
