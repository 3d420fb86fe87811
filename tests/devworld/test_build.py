"""The control plane is built once, by one at a time, and an interrupted build leaves nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devworld.settings import PROJECT
from tests.controlplane.build import PROGRAMS
from tests.controlplane.content_cache import cache_folder
from tests.controlplane.deadlines import until
from tests.controlplane.goversion import is_new_enough
from tests.devworld.command import processes_of

DEADLINE_SECONDS = 120
CACHE = Path(".cache") / "sagemaker-endpoint-operator" / "controlplane"

# Go in all that the build needs of it, but for what it would compile: it waits until `go-on` is there.
GO = """#!/bin/bash
here=$(dirname "$0")
case "$1" in
  env) cat "$here/version" ;;
  list) echo "go: downloading k8s.io/kubernetes v1" >&2; echo "stale k8s.io/a"; echo "stale k8s.io/b" ;;
  build)
    echo "k8s.io/a"
    echo "${PWD##*/}" >> "$here/builds"
    while [ ! -e "$here/go-on" ]; do read -rt 0.05 <> <(:) || :; done
    while [ "$1" != -o ]; do shift; done
    echo binary > "$2" ;;
esac
"""


@pytest.fixture
def go(tmp_path: Path) -> Path:
    """A folder whose `go` builds nothing but a file; `go-on` lets it end, `builds` names the modules."""
    folder = tmp_path / "go"
    folder.mkdir()
    (folder / "go").write_text(GO, encoding="utf-8")
    (folder / "go").chmod(0o755)
    (folder / "version").write_text("go1.26.0\n", encoding="utf-8")
    return folder


@pytest.fixture
def builds(go: Path, tmp_path: Path) -> Iterator["Builds"]:
    """What a node needs besides of Debian is not fetched once more: it is no part of this, and takes a network."""
    fetched = cache_folder() / "node" / "packages"
    if fetched.is_dir():
        there = tmp_path / "home" / CACHE.parent / "node" / "packages"
        there.parent.mkdir(parents=True)
        there.symlink_to(fetched)
    started = Builds(go=go, home=tmp_path / "home")
    yield started
    for process in started.processes:
        process.kill()
        process.communicate()


class Builds:
    """`python -m devworld build` with a home of its own."""

    def __init__(self, *, go: Path, home: Path) -> None:
        self.home = home
        self.environment = {**os.environ, "HOME": str(home), "PATH": f"{go}:{os.environ['PATH']}"}
        self.environment.pop("KUBEBUILDER_ASSETS", None)
        self.environment.pop("TEST_CLUSTER", None)
        self.processes: list[subprocess.Popen[str]] = []

    def begin(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "devworld", "build"],
            cwd=PROJECT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.processes.append(process)
        return process

    def built(self) -> list[Path]:
        return [each for each in (self.home / CACHE).glob("*") if each.is_dir()]


def each_was_built_once(go: Path) -> bool:
    """The control plane, and what a node needs where there can be one."""
    modules = (go / "builds").read_text(encoding="utf-8").split()
    return modules[0] == "binary" and len(modules) == len(set(modules))


def test_two_builds_at_once_build_once_and_the_second_says_that_it_waits(go: Path, builds: Builds) -> None:
    first = builds.begin()
    until(lambda: (go / "builds").exists(), what="the first build at work", within_seconds=DEADLINE_SECONDS)
    second = builds.begin()
    assert second.stdout is not None
    said = second.stdout.readline()
    (go / "go-on").touch()
    outputs = [process.communicate(timeout=DEADLINE_SECONDS)[0] for process in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], outputs
    assert "somebody else is at work on it" in said
    assert each_was_built_once(go)
    (programs,) = builds.built()
    assert sorted(each.name for each in programs.iterdir()) == sorted(PROGRAMS)


def test_a_built_control_plane_is_not_built_again(go: Path, builds: Builds) -> None:
    (go / "go-on").touch()
    for _ in range(2):
        process = builds.begin()
        output, _ = process.communicate(timeout=DEADLINE_SECONDS)
        assert process.returncode == 0, output
    assert each_was_built_once(go)


def test_ctrl_c_during_a_build_leaves_neither_go_nor_a_half_made_folder(go: Path, builds: Builds) -> None:
    process = builds.begin()
    until(lambda: (go / "builds").exists(), what="the build at work", within_seconds=DEADLINE_SECONDS)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 130, output
    assert builds.built() == []
    assert processes_of(go) == []


def test_go_that_is_too_old_is_refused_with_what_to_install(go: Path, builds: Builds) -> None:
    (go / "version").write_text("go1.25.4\n", encoding="utf-8")
    process = builds.begin()
    output, _ = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 1
    assert "go1.25.4: install Go 1.26 or newer" in output


@pytest.mark.parametrize(
    ("version", "enough"),
    [("go1.25.9", False), ("go1.26.0", True), ("go1.26rc1", True), ("go2.0", True), ("devel go1.27-abc", True)],
)
def test_which_go_is_new_enough(version: str, *, enough: bool) -> None:
    assert is_new_enough(version) is enough
