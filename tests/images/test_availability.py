"""Where images cannot be built, the sentence says what is missing and what to do."""

import os
from pathlib import Path

import pytest

from devworld.images import availability
from devworld.images.building import ImagesUnavailableError, built
from devworld.images.recipes import PACKER


@pytest.fixture
def needs_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("without root there is another reason before these")


def only(programs: list[str], folder: Path) -> str:
    """A PATH on which there are these and no others."""
    for name in programs:
        (folder / name).touch(mode=0o755)
    return str(folder)


def test_without_debians_programs_docker_is_named(
    needs_root: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", only([], tmp_path))
    reason = availability.available() or ""
    assert reason.startswith("no images can be built on this machine: there is no apt-get and no dpkg-deb")
    assert reason.endswith("docker build")


def test_a_program_that_is_missing_is_named_with_its_package(
    needs_root: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    there = ["apt-get", "dpkg-deb", *(name for name in availability.PROGRAMS if name != "unshare")]
    monkeypatch.setenv("PATH", only(there, tmp_path))
    assert (availability.available() or "").endswith("no unshare on PATH; on Debian: apt-get install util-linux")


def test_what_cannot_be_built_is_refused_with_the_same_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", only([], tmp_path))
    with pytest.raises(ImagesUnavailableError, match="no images can be built on this machine: "):
        built(PACKER)
