"""The operator and the CRDs of 0.1.0 as they were released: out of the repository's history, in today's chart.

0.1.0 came without images and without a chart. What is built of it here is its own code with its own pins; how it is
packed and installed is of today.
"""

import re
import shutil
import subprocess
from pathlib import Path

from devworld.images.recipes import TAG, ImageRecipe
from devworld.settings import PROJECT
from tests.helm.helm import CHART

VERSION = "0.1.0"
NEXT_VERSION = "0.2.0"
GIT_TAG = f"v{VERSION}"
RELEASED = f"Release {VERSION}"
"""How the commit is called that was tagged."""
OF_THEN = ("operator/endpoint_operator", "requirements/operator.txt", "crds")
OF_TODAY = ("containers/operator", "containers/least_root")
REPOSITORY = f"localhost/endpoint-operator-{VERSION}"
IMAGE = f"{REPOSITORY}:{TAG}"


def missing() -> str | None:
    """None, or the sentence that says why there is no 0.1.0 here."""
    if shutil.which("git") is None:
        return f"there is no git, and {VERSION} is in the history; install git"
    if _commit():
        return None
    return (
        f"this checkout's history has neither {GIT_TAG} nor the commit {RELEASED!r}, "
        "from which an upgrade would start; fetch it with git fetch --tags --unshallow"
    )


def checkout(folder: Path) -> Path:
    """Its sources in the folder, with today's Dockerfile."""
    archived = subprocess.run(
        ["git", "-C", str(PROJECT), "archive", _commit(), *OF_THEN], capture_output=True, check=True
    )
    subprocess.run(["tar", "--extract", "--directory", str(folder)], input=archived.stdout, check=True)
    for path in OF_TODAY:
        shutil.copytree(PROJECT / path, folder / path, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def _commit() -> str:
    """The tag's, or that which says that it is the release: a copy of a repository may come without tags. Or none."""
    tagged = _git("rev-parse", "--verify", "--quiet", f"{GIT_TAG}^{{commit}}")
    return tagged or _git("log", "-1", "--format=%H", f"--grep=^{re.escape(RELEASED)}$")


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(PROJECT), *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def recipe(sources: Path) -> ImageRecipe:
    """How its image is built out of `checkout`."""
    return ImageRecipe("operator", REPOSITORY, checkout=sources)


def chart(folder: Path, sources: Path) -> Path:
    """Today's templates with its version and its CRDs."""
    copy = _chart_of(folder / f"chart-{VERSION}", VERSION)
    shutil.rmtree(copy / "files" / "crds")
    shutil.copytree(sources / "crds", copy / "files" / "crds")
    return copy


def next_chart(folder: Path) -> Path:
    """Today's, with a version after 0.1.0, as it will be released."""
    return _chart_of(folder / f"chart-{NEXT_VERSION}", NEXT_VERSION)


def _chart_of(folder: Path, version: str) -> Path:
    copy = Path(shutil.copytree(CHART, folder))
    file = copy / "Chart.yaml"
    text = re.sub(r"(?m)^(version|appVersion): .*$", rf"\g<1>: {version}", file.read_text(encoding="utf-8"))
    file.write_text(text, encoding="utf-8")
    return copy
