"""What a node is made of is made once, by one at a time, whole or not at all."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devworld.settings import PROJECT
from tests.controlplane.content_cache import SURELY_UNUSED_AFTER_SECONDS, cache_folder, kept
from tests.controlplane.deadlines import until
from tests.controlplane.progress import Progress

# Says that it makes it, and makes it once it may; says where it is.
MAKER = """
import sys, time
from pathlib import Path
from tests.controlplane.content_cache import kept
def make(folder, progress):
    (folder / "half").touch()
    (Path(sys.argv[1]) / "made").open("a").write("once\\n")
    while not (Path(sys.argv[1]) / "go-on").exists():
        time.sleep(0.01)
print(kept("things", "key", make), flush=True)
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@contextlib.contextmanager
def begun(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """It has ended when the block has."""
    process = subprocess.Popen(
        [sys.executable, "-c", MAKER, str(tmp_path)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def test_of_two_that_want_the_same_one_makes_it_and_the_other_waits(tmp_path: Path) -> None:
    with begun(tmp_path) as first:
        until(lambda: (tmp_path / "made").exists(), what="the first being at work", within_seconds=90)
        with begun(tmp_path) as second:
            assert second.stderr is not None
            assert "somebody else is at work on it" in second.stderr.readline()
            (tmp_path / "go-on").touch()
            said = [process.communicate(timeout=90)[0].strip() for process in (first, second)]
    assert said == [str(cache_folder() / "things" / "key")] * 2
    assert (tmp_path / "made").read_text(encoding="utf-8") == "once\n"


def test_what_a_killed_one_left_is_neither_used_nor_kept(tmp_path: Path) -> None:
    with begun(tmp_path) as first:
        until(lambda: (tmp_path / "made").exists(), what="it being at work", within_seconds=90)
        first.kill()
    assert list((cache_folder() / "things").glob("unfinished-*"))
    made = kept("things", "key", lambda folder, _progress: (folder / "whole").touch())
    assert [path.name for path in made.iterdir()] == ["whole"]
    assert {path.name for path in (cache_folder() / "things").iterdir()} == {"key", "lock"}


def test_what_could_not_be_made_is_not_there() -> None:
    def make(folder: Path, progress: Progress) -> None:
        (folder / "half").touch()
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        kept("things", "key", make)
    assert {path.name for path in (cache_folder() / "things").iterdir()} == {"lock"}


def test_only_the_last_used_are_kept_but_all_of_the_last_hour() -> None:
    def use(key: str) -> Path:
        return kept("things", key, lambda _folder, _progress: None, at_most=2)

    long_ago = time.time() - SURELY_UNUSED_AFTER_SECONDS - 60
    for age, key in enumerate(("young", "old", "oldest")):
        os.utime(use(key), (long_ago - age, long_ago - age))
    recent = use("recent")
    use("new")
    there = {path.name for path in recent.parent.iterdir() if path.is_dir()}
    assert there == {"recent", "new"}
    assert use("newest").parent == recent.parent
    assert recent.is_dir(), "it was used within the hour"
