"""The environments that clients run in: made once, by content, and never half."""

import subprocess
from pathlib import Path

import pytest

from tests.clients.environments import PINS, READY, InstallError, environment_of

SMALL = "six"  # the smallest package among the pins


def pins_of(folder: Path, *, text: str = "") -> Path:
    """A folder of pins with one client that needs one small package, as the real pins have it."""
    [block] = [block for block in (PINS / "aws-cli.txt").read_text().split("\n    # via") if f"\n{SMALL}==" in block]
    pins = folder / "pins"
    pins.mkdir(exist_ok=True)
    (pins / "client.txt").write_text(text or block[block.index(f"\n{SMALL}==") + 1 :] + "\n", encoding="utf-8")
    return pins


def has_it(environment: Path) -> bool:
    command = [str(environment / "bin" / "python"), "-I", "-c", f"import {SMALL}"]
    return subprocess.run(command, check=False, capture_output=True, timeout=30).returncode == 0


def test_an_environment_is_made_once_and_another_one_when_its_pins_change(tmp_path: Path) -> None:
    pins = pins_of(tmp_path)
    made = environment_of("client", pins=pins, cache=tmp_path / "cache")
    assert has_it(made)
    (made / "trace").touch()
    assert environment_of("client", pins=pins, cache=tmp_path / "cache") == made
    assert (made / "trace").exists()
    pins_of(tmp_path, text="# nothing is needed any more\n")
    other = environment_of("client", pins=pins, cache=tmp_path / "cache")
    assert other != made
    assert not has_it(other)


def test_what_is_left_of_an_install_that_was_killed_is_made_anew(tmp_path: Path) -> None:
    pins = pins_of(tmp_path)
    made = environment_of("client", pins=pins, cache=tmp_path / "cache")
    (made / READY).unlink()
    (made / "trace").touch()
    assert environment_of("client", pins=pins, cache=tmp_path / "cache") == made
    assert has_it(made)
    assert not (made / "trace").exists()


def test_a_package_that_is_not_the_pinned_one_is_refused_and_nothing_counts_as_made(tmp_path: Path) -> None:
    pins = pins_of(tmp_path, text=f"{SMALL}==1.17.0 --hash=sha256:{'0' * 64}\n")
    for _ in range(2):
        with pytest.raises(InstallError, match=r"(?i)hash"):
            environment_of("client", pins=pins, cache=tmp_path / "cache")
