"""A Triton that cannot run its models ends with a sentence in the container's log, where it would hang for ever."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from sagemaker_simulator.servers.triton import preflight, rehearsal, shared_memory
from sagemaker_simulator.servers.triton.cannot_serve import CannotServeError
from sagemaker_simulator.servers.triton.environment import installed
from sagemaker_simulator.servers.triton.installation import Installation, python_library
from tests.simulator.hosting.triton_server import launched, model, running

LOADER_COMPLAINS = "error while loading shared libraries: libpython3.so: cannot open shared object file"


@pytest.fixture
def damaged(tmp_path: Path) -> Installation:
    """An installation whose files a test may replace: its programs are links to those of the real one."""
    real, mine = installed(say=print), Installation(folder=tmp_path / "environment")
    mine.programs.parent.mkdir(parents=True)
    mine.programs.symlink_to(real.programs)
    for theirs, ours in ((real.server, mine.server), (real.stub, mine.stub), (real.shipped_stub, mine.shipped_stub)):
        ours.parent.mkdir(parents=True)
        ours.symlink_to(theirs)
    return mine


def replace_by_program(path: Path, *, saying: str, code: int) -> None:
    path.unlink()
    path.write_text(f"#!/bin/sh\necho '{saying}'\nexit {code}\n")
    path.chmod(0o755)


def log_of_start(folder: Path, installation: Installation) -> str:
    """What the container says before it ends, with code 1."""
    folder.mkdir()
    process = launched(folder, environment=installation.folder, SAGEMAKER_MULTI_MODEL="true")
    try:
        assert process.wait(timeout=60) == 1
    finally:
        process.kill()
    return (folder / "log").read_text()


def test_a_stub_that_the_loader_refuses_is_named_with_the_loaders_words(damaged: Installation, tmp_path: Path) -> None:
    replace_by_program(damaged.stub, saying=LOADER_COMPLAINS, code=127)
    log = log_of_start(tmp_path / "container", damaged)
    assert f"the stub for Python models does not run (exit code 127): {LOADER_COMPLAINS}" in log
    assert f"Delete {damaged.folder}" in log


def test_a_server_program_that_is_missing_is_named(damaged: Installation, tmp_path: Path) -> None:
    damaged.server.unlink()
    assert f"{damaged.server} is not there" in log_of_start(tmp_path / "container", damaged)


def test_a_wheel_without_a_stub_for_this_python_is_refused(damaged: Installation, tmp_path: Path) -> None:
    damaged.shipped_stub.unlink()
    assert "no stub for Python 3." in log_of_start(tmp_path / "container", damaged)


def test_a_numpy_whose_tensors_triton_misreads_is_refused(damaged: Installation, tmp_path: Path) -> None:
    (damaged.packages / "numpy-2.1.0.dist-info").mkdir()
    assert "has numpy 2.1.0" in log_of_start(tmp_path / "container", damaged)


def test_the_library_of_another_python_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "libpython.so"
    code = b'const char *Py_GetVersion(void) { return "3.9.1 (default)"; }'
    subprocess.run(("cc", "-shared", "-x", "c", "-o", str(other), "-"), input=code, check=True, timeout=60)
    with pytest.raises(CannotServeError, match=r"is of Python 3\.9\.1, but the simulator runs on 3\."):
        preflight.refuse_other_library(other)
    preflight.refuse_other_library(python_library())


def test_a_file_that_is_no_library_is_refused(tmp_path: Path) -> None:
    junk = tmp_path / "libpython.so"
    junk.write_text("junk")
    with pytest.raises(CannotServeError, match="is no library of Python"):
        preflight.refuse_other_library(junk)


def test_a_server_that_ends_in_the_rehearsal_is_refused_with_what_it_said(damaged: Installation) -> None:
    replace_by_program(damaged.server, saying="illegal instruction", code=132)
    with pytest.raises(CannotServeError, match=r"did not load a Python model:\nillegal instruction"):
        rehearsal.rehearse(damaged)


def test_a_wrong_answer_in_the_rehearsal_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "_EXPECTED", [1.0, 1.0, 1.0])  # what a numpy 2 makes of it
    with pytest.raises(CannotServeError, match=r"answered \[3\.0, -4\.0, 8\.5\] instead of \[1\.0, 1\.0, 1\.0\]"):
        rehearsal.rehearse(installed(say=print))


def test_what_a_killed_server_left_in_shared_memory_goes_with_the_next_start(tmp_path: Path) -> None:
    with running(tmp_path / "first") as killed:
        killed.put("m", model())
        assert killed.load("m").status == 200
        os.killpg(killed.process.pid, signal.SIGKILL)
    left = list(shared_memory.FOLDER.glob(f"sagemaker-simulator-triton-{killed.process.pid}-*"))
    assert left
    with running(tmp_path / "second"):
        assert [each for each in left if each.exists()] == []


def test_only_what_belongs_to_no_process_is_swept(tmp_path: Path) -> None:
    mine = tmp_path / f"{shared_memory.own_prefix()}region"
    earlier_namesake = tmp_path / f"sagemaker-simulator-triton-{os.getpid()}-1-region"
    strangers = tmp_path / "psm_region"
    for each in (mine, earlier_namesake, strangers):
        each.touch()
    shared_memory.sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([mine, strangers])
