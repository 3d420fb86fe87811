"""One node for the tests of pods, and a namespace of its own for each of them."""

import contextlib
import fcntl
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from devworld.node import slots
from devworld.node.availability import available
from devworld.node.node import Node
from devworld.node.oci_archive import Image, write
from tests.controlplane.goprogram import GoProgram
from tests.node.place import Place
from tests.node.traces import settings

PROGRAM = GoProgram(module=Path(__file__).with_name("podprogram"), names=("program",), kind="node/podprogram")


def make_archive(name: str, archive: Path) -> Path:
    """An OCI archive of the tests' own program, as user 10001, under the name."""
    files = {"program": PROGRAM.built() / "program"}
    write(Image(name, files, ("/program",), machine=os.uname().machine, user="10001:10001"), archive)
    return archive


@contextlib.contextmanager
def quiet_machine() -> Iterator[None]:
    """While it lasts, no other process of the tests starts or ends a node: what a node leaves can be told then."""
    slots.ROOM.mkdir(parents=True, exist_ok=True)
    with (slots.ROOM / "tests").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def needs_a_node() -> None:
    """Skips with the sentence that says why there can be no node."""
    reason = available()
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def archive(needs_a_node: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_archive("registry.example/tests/program:1", tmp_path_factory.mktemp("images") / "program.tar")


@pytest.fixture(scope="session")
def settings_at_first(needs_a_node: None) -> tuple[str, ...]:
    """What the machine's settings were before there was any node."""
    return settings()


@pytest.fixture(scope="session")
def node(archive: Path, settings_at_first: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """Gone with the test run, however that ends."""
    with quiet_machine():
        started = Node.start(tmp_path_factory.mktemp("node"), archives=[archive], dies_with_starter=True)
    try:
        yield started
    finally:
        with quiet_machine():
            started.down()


@pytest.fixture
def place(node: Node, request: pytest.FixtureRequest) -> Place:
    """A namespace under the restricted Pod Security standard, as production has them."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_").lower())[:50].strip("-")
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    node.kubectl.apply(json.dumps(namespace))
    return Place(node, name)
