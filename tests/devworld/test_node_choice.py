"""Where a world can have no node, a sentence says why, and it is as it was without; who asks for one is refused."""

from pathlib import Path

import pytest

from devworld import node_choice
from devworld.images import availability as images
from devworld.narration import Narration
from devworld.node import availability as node
from devworld.node.debian import PackagesError
from devworld.node.programs import Programs
from devworld.settings import Settings, SettingsError

REASON = "no Kubernetes node on this machine: it needs root"


@pytest.fixture
def impossible(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without root."""
    monkeypatch.setattr(node, "available", lambda: REASON)


@pytest.fixture
def possible(monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as can be told without the network."""
    monkeypatch.setattr(node, "available", lambda: None)
    monkeypatch.setattr(images, "available", lambda: None)


def decided(*, wanted: bool | None, directory: Path, **environment: str) -> bool | None:
    says = Narration("dev-up")
    return node_choice.decided(Settings(node=wanted), directory, environment=environment, says=says).node


@pytest.mark.usefixtures("impossible")
def test_without_a_node_it_says_why_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert decided(wanted=None, directory=tmp_path) is False
    assert f"{REASON}. The world does without" in capsys.readouterr().out


@pytest.mark.usefixtures("impossible")
def test_a_node_that_was_asked_for_and_cannot_be_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"NODE=1: {REASON}"):
        decided(wanted=True, directory=tmp_path)


@pytest.mark.usefixtures("impossible")
def test_who_wants_none_hears_nothing_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert decided(wanted=False, directory=tmp_path) is False
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("possible")
@pytest.mark.parametrize("name", ["TEST_CLUSTER", "KUBEBUILDER_ASSETS"])
def test_who_brings_a_cluster_gets_no_other(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert decided(wanted=None, directory=tmp_path, **{name: "existing"}) is False
    assert f"{name} names another cluster" in capsys.readouterr().out


@pytest.mark.usefixtures("possible")
def test_a_folder_that_a_node_cannot_use_is_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert decided(wanted=None, directory=Path("/var/lib/ci/.dev")) is False
    assert "lies under /var/lib" in capsys.readouterr().out


@pytest.mark.usefixtures("possible")
def test_packages_that_cannot_be_had_are_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> Programs:
        raise PackagesError("apt-get update failed (100): no network")

    monkeypatch.setattr(Programs, "ready", refuse)
    assert decided(wanted=None, directory=tmp_path) is False
    assert "no network. The world does without" in capsys.readouterr().out
