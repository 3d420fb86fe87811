"""Where the cluster comes from, and what is said where it cannot be had. kind itself is not needed for these."""

from pathlib import Path

import pytest

from devworld.images.recipes import OPERATOR, PACKER, SIMULATOR
from tests.endtoend import kind
from tests.endtoend.cluster import IN_CI, SOURCES, VARIABLE, chosen, must_be_there

IMAGES = [recipe.name for recipe in (OPERATOR, PACKER, SIMULATOR)]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The only programs are some that write down what they are asked; the file they write."""
    file = tmp_path / "asked"
    for name in kind.PROGRAMS:
        program = tmp_path / "programs" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> {file}\n[ "$1 $2" != "$REFUSED" ] || exit 3\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))
    return file


def verbs(asked: Path) -> list[str]:
    return [" ".join(line.split()[:3]) for line in asked.read_text().splitlines()]


def test_the_projects_own_node_is_what_there_is_unless_kind_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert chosen() is SOURCES["node"]
    monkeypatch.setenv(VARIABLE, "kind")
    assert chosen() is SOURCES["kind"]
    monkeypatch.setenv(VARIABLE, "minikube")
    with pytest.raises(ValueError, match="there are kind, node"):
        chosen()


def test_only_in_ci_and_for_kind_a_missing_cluster_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "kind")
    monkeypatch.delenv(IN_CI, raising=False)
    assert not must_be_there()
    monkeypatch.setenv(IN_CI, "true")
    assert must_be_there()
    monkeypatch.setenv(VARIABLE, "node")
    assert not must_be_there()


def test_every_program_that_is_missing_is_named(asked: Path) -> None:
    assert kind.unavailable() is None
    for name in ("kind", "kubectl"):
        (asked.parent / "programs" / name).unlink()
    assert "there is no kind and no kubectl on PATH; install what is missing" in (kind.unavailable() or "")


def test_a_docker_that_does_not_answer_is_named(asked: Path) -> None:
    (asked.parent / "programs" / "docker").write_text('#!/bin/sh\necho "no daemon is running" >&2\nexit 1\n')
    assert (kind.unavailable() or "").endswith("Docker does not answer (no daemon is running); start it")


def test_images_are_built_and_loaded_and_the_cluster_goes_with_the_tests(asked: Path, tmp_path: Path) -> None:
    kubectl, down = kind.up(tmp_path)
    assert verbs(asked) == ["docker build --quiet"] * 3 + ["kind create cluster", "kind load docker-image"]
    lines = asked.read_text().splitlines()
    assert all(image in line for image, line in zip(IMAGES, lines, strict=False))
    assert lines[-1].split()[-3:] == IMAGES
    assert kubectl.kubeconfig.is_relative_to(tmp_path)
    down()
    assert verbs(asked)[-1] == "kind delete cluster"
    names = {line.split("--name ")[1].split()[0] for line in asked.read_text().splitlines() if "--name" in line}
    assert len(names) == 1


def test_a_cluster_that_does_not_come_up_leaves_nothing(
    asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFUSED", "load docker-image")
    with pytest.raises(kind.KindError, match="kind load docker-image failed"):
        kind.up(tmp_path)
    assert verbs(asked)[-1] == "kind delete cluster"
