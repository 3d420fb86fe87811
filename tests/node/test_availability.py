"""Where there can be no node, a sentence says why and what to do; it asks for nothing that is not needed."""

import os
from pathlib import Path

import pytest

from devworld.node import availability, cgroups, debian
from devworld.node.availability import available, why_not_in


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if it were so; nothing is started here."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)


def test_without_root_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "it needs root" in (available() or "")


def test_without_a_program_it_names_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in availability.PROGRAMS:
        if name not in ("ip", "unshare"):
            (tmp_path / name).write_text("#!/bin/sh\n", encoding="utf-8")
            (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    sentence = available() or ""
    assert "no unshare and no ip on PATH" in sentence
    assert sentence.endswith("apt-get install iproute2 util-linux")


def test_where_namespaces_cannot_be_made_it_says_what_the_kernel_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in availability.PROGRAMS:
        refusal = "echo 'unshare: Operation not permitted' >&2; exit 1" if name == "unshare" else ""
        (tmp_path / name).write_text(f"#!/bin/sh\n{refusal}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(availability, "KERNEL", {})
    monkeypatch.setattr(cgroups, "NEEDED", ())
    assert "namespaces cannot be made (unshare: Operation not permitted)" in (available() or "")


def test_without_go_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (*availability.PROGRAMS, "apt-get", "dpkg-deb"):
        (tmp_path / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(availability, "KERNEL", {})
    monkeypatch.setattr(cgroups, "NEEDED", ())
    monkeypatch.setattr(debian, "codename", lambda: "bookworm")
    assert "install Go" in (available() or "")


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (("cgroup.controllers",), "control groups of version 2 only"),
        (("cpu/cgroup.procs",), "lacks the control groups"),
        ((), "lacks the control groups"),
    ],
)
def test_without_the_control_groups_it_says_which_kind_is_there(
    files: tuple[str, ...], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    monkeypatch.setattr(availability, "KERNEL", {})
    assert sentence in (available() or "")


def test_a_folder_that_the_nodes_programs_would_not_see_is_refused(tmp_path: Path) -> None:
    assert why_not_in(tmp_path) is None
    assert "lies under /var/lib" in (why_not_in(Path("/var/lib/ci/.dev/node")) or "")
