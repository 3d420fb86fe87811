"""A node leaves nothing, however it ends, and is no trouble to another one on the machine."""

import itertools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devworld.node import cluster_dns, slots
from devworld.node.bringing_up import KUBERNETES_SERVICE
from devworld.node.layout import RUNNING
from devworld.node.node import Node, down
from devworld.node.sandbox import Sandbox
from devworld.node.sandbox_init import KUBELET
from devworld.settings import PROJECT
from tests.controlplane.content_cache import cache_folder
from tests.controlplane.deadlines import until
from tests.devworld.command import processes_of
from tests.node.conftest import quiet_machine
from tests.node.place import Place
from tests.node.traces import Traces, control_groups

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(autouse=True)
def quiet(needs_a_node: None) -> Iterator[None]:
    """What is on the machine before and after is this test's doing."""
    with quiet_machine():
        yield


@pytest.fixture
def killed(archive: Path, tmp_path: Path) -> Iterator[Node]:
    """What is left of a node whose starter was killed while a pod ran in it."""
    directory = tmp_path / "killed"
    starter = subprocess.Popen(
        [sys.executable, "-m", "tests.node.starter", str(directory), str(archive)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with starter:
        try:
            assert starter.stdout is not None
            assert starter.stdout.readline() == "up\n"
            node = Node.found(directory)
            assert node is not None
            Place(node, "default").serve("web")
        finally:
            starter.kill()
    yield node
    down(directory)


def test_down_leaves_nothing_and_another_node_goes_on(
    node: Node, archive: Path, settings_at_first: tuple[str, ...], tmp_path: Path
) -> None:
    before, images = Traces.now(), _unpacked_images()
    second = Node.start(tmp_path / "second", archives=[archive], dies_with_starter=True)
    try:
        Place(second, "default").serve("web")
        assert Traces.now().settings == settings_at_first, "a kubelet may not set what is the whole machine's"
        assert Traces.now() != before
        for each in (node, second):
            assert cluster_dns.ask(KUBERNETES_SERVICE, server=str(each.dns_address), within_seconds=5)
    finally:
        second.down()
    assert Traces.now() == before
    assert _unpacked_images() == images, "what nodes share is never written to"
    assert processes_of(tmp_path / "second") == []
    assert processes_of(second.layout.scratch) == []
    assert not second.layout.scratch.exists()
    assert [path.name for path in (tmp_path / "second").iterdir()] == ["logs"]
    assert cluster_dns.ask(KUBERNETES_SERVICE, server=str(node.dns_address), within_seconds=5)


def test_a_killed_starter_takes_the_node_with_it_and_the_next_start_clears_away_the_rest(
    killed: Node, archive: Path, tmp_path: Path
) -> None:
    until(lambda: not killed.alive, what="the node ending with its starter", within_seconds=90)
    until(lambda: not processes_of(killed.layout.scratch), what="its processes being gone", within_seconds=90)
    left = control_groups(killed.slot)
    assert left, "the kernel removes no control groups, so there must be some to clear away"
    assert killed.layout.scratch.exists()
    kept = _kept()
    following = Node.start(tmp_path / "following", archives=[archive], dies_with_starter=True)
    try:
        assert _kept() == kept, "nothing is fetched, built or unpacked twice"
        assert following.slot == killed.slot
        assert not killed.layout.scratch.exists()
    finally:
        following.down()
    assert control_groups(killed.slot) == []


def test_a_node_that_cannot_come_up_leaves_nothing(needs_a_node: None, tmp_path: Path) -> None:
    before, running = Traces.now(), _running()
    with pytest.raises(Exception, match="the node does not come up: kubelet ended") as complaint:
        Node.start(tmp_path / "broken", dies_with_starter=True, sync_frequency="now and then")
    assert "now and then" in str(complaint.value), "it says what the program said"
    assert (Traces.now(), _running()) == (before, running)


def test_a_node_that_its_starter_leaves_behind_is_found_and_taken_down(needs_a_node: None, tmp_path: Path) -> None:
    before = Traces.now()
    script = f"from pathlib import Path; from devworld.node.node import Node; Node.start(Path({str(tmp_path)!r}))"
    subprocess.run([sys.executable, "-c", script], cwd=PROJECT, check=True)
    node = Node.found(tmp_path)
    assert node is not None
    assert node.alive
    assert node.kubectl("get", "node", "node", "-o", "name") == "node/node\n"
    assert down(tmp_path)
    assert not down(tmp_path)
    assert Traces.now() == before


def test_the_kubelets_sockets_have_short_paths_however_deep_its_folder_lies(needs_a_node: None, tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 30)
    deep.mkdir()
    sandbox = Sandbox.start(log=tmp_path / "sandbox.log", kubelet=deep)
    try:
        binds = f"import socket; socket.socket(socket.AF_UNIX).bind('{KUBELET}/kubelet.sock')"
        sandbox.run(sys.executable, "-c", binds, environment={})
    finally:
        sandbox.end()
    assert (deep / "kubelet.sock").is_socket()


def test_slots_that_are_held_at_the_same_time_never_share_an_address(needs_a_node: None, tmp_path: Path) -> None:
    claims = [slots.claim(scratch=tmp_path / str(number)) for number in range(3)]
    try:
        blocks = [claim.slot.addresses.block for claim in claims]
        assert not any(one.overlaps(other) for one, other in itertools.combinations(blocks, 2))
    finally:
        for claim in claims:
            claim.let_go()
        for claim in claims:
            assert slots.clean(claim.slot)


def _kept() -> set[tuple[str, int]]:
    """Everything in the cache but what runs, by name and inode."""
    return {
        (str(path), path.stat().st_ino) for path in (cache_folder() / "node").glob("*/*") if path.parent.name != RUNNING
    }


def _unpacked_images() -> dict[str, tuple[int, int]]:
    """Size and time of the last change of every file that nodes link."""
    files = (
        path for path in (cache_folder() / "node" / "images").rglob("*") if path.is_file() and not path.is_symlink()
    )
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


def _running() -> set[str]:
    folder = cache_folder() / "node" / RUNNING
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()
