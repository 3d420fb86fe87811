"""The image is not built here; what its Dockerfile puts into it is enough for the packer to run."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.packing.packer import PROJECT

DOCKERFILE = (PROJECT / "containers/packer/Dockerfile").read_text("utf-8")


def test_the_files_of_the_image_are_all_that_the_packer_imports(tmp_path: Path) -> None:
    for source, target in re.findall(r"^COPY (operator/\S+) /packer/(\S+)$", DOCKERFILE, re.MULTILINE):
        folder = tmp_path / target
        if source.endswith("/"):
            shutil.copytree(PROJECT / source, folder, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / source, folder)
    # Without .pth files, so that the checkout, which is installed in place, is not found by chance.
    code = (
        "import sys, runpy; sys.path[:0] = sys.argv.pop(1).split(':');"
        "sys.argv[1:] = ['--help']; runpy.run_module('endpoint_operator.packing', run_name='__main__')"
    )
    site = next(path for path in sys.path if path.endswith("site-packages"))
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, f"{tmp_path}:{site}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, "pack a directory" in ran.stdout) == (0, True), ran.stderr


def test_the_image_runs_as_a_user_that_is_a_number_and_not_root() -> None:
    """As `runAsNonRoot` of the Job asks: the kubelet cannot look names up."""
    user = re.findall(r"^USER (\d+)", DOCKERFILE, re.MULTILINE)
    assert [int(number) > 0 for number in user] == [True]
