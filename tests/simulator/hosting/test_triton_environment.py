"""Triton's environment: made once whoever asks, only from what is pinned, and never half."""

import subprocess
import sys
from pathlib import Path

import pytest

from devworld.settings import PROJECT
from sagemaker_simulator.servers.triton import environment
from sagemaker_simulator.servers.triton.cannot_serve import CannotServeError
from sagemaker_simulator.servers.triton.environment import PINS, READY, installed

INSTALL = """
import sys, pathlib
from sagemaker_simulator.servers.triton.environment import installed
print("folder:", installed(say=print, cache=pathlib.Path(sys.argv[1])).folder, flush=True)
"""


def install_into(cache: Path) -> "subprocess.Popen[str]":
    command = (sys.executable, "-c", INSTALL, str(cache))
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT / "simulator")


def test_two_that_need_it_at_once_make_it_once_and_what_a_killed_install_left_is_made_anew(tmp_path: Path) -> None:
    left = tmp_path / environment._key(PINS)
    (left / "bin").mkdir(parents=True)
    (left / "trace").touch()

    both = [install_into(tmp_path), install_into(tmp_path)]
    said = [process.communicate(timeout=240)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum(text.count("installing Triton") for text in said) == 1
    assert all(f"folder: {left}\n" in text for text in said)
    assert (left / READY).exists()
    assert not (left / "trace").exists()
    assert installed(say=pytest.fail, cache=tmp_path).folder == left


def test_a_package_that_is_not_the_pinned_one_is_refused_and_nothing_counts_as_made(tmp_path: Path) -> None:
    pins = tmp_path / "pins.txt"
    pins.write_text(f"numpy==1.26.4 --hash=sha256:{'0' * 64}\n")
    for _ in range(2):
        with pytest.raises(CannotServeError, match=r"(?i)hash"):
            installed(say=print, pins=pins, cache=tmp_path / "cache")


def test_without_the_pins_it_says_what_to_do_instead(tmp_path: Path) -> None:
    with pytest.raises(CannotServeError, match="--environment DIR"):
        installed(say=print, pins=tmp_path / "absent.txt", cache=tmp_path)
