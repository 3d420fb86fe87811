"""kind as the cluster: Docker builds the images, kind loads them. The user's own clusters and kubeconfig are not seen.

https://kind.sigs.k8s.io: `create cluster`, `load docker-image`, `delete cluster`.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from devworld.images.recipes import OPERATOR, PACKER, SIMULATOR, ImageRecipe, version
from tests.controlplane.expected import ExpectedError
from tests.controlplane.kubectl import Kubectl
from tests.controlplane.progress import Progress

PROGRAMS = ("docker", "kind", "kubectl")
READY_WITHIN = "180s"
# Pulling kind's node image and the base image on a slow line takes most of it.
BUILT_WITHIN_SECONDS = 1200.0
LAST_LINES = 15


class KindError(ExpectedError):
    """Docker or kind failed; the text is what it said last."""


def unavailable() -> str | None:
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        return (
            f"no kind cluster on this machine: there is no {' and no '.join(missing)} on PATH; install what is missing"
        )
    asked = subprocess.run(["docker", "info"], capture_output=True, text=True, timeout=60, check=False)
    if asked.returncode:
        said = (asked.stderr.strip() or asked.stdout.strip()).splitlines()[-1:]
        return f"no kind cluster on this machine: Docker does not answer ({''.join(said)}); start it"
    return None


def up(folder: Path) -> tuple[Kubectl, Callable[[], None]]:
    """Raises KindError; nothing is left then."""
    progress = Progress("kind")
    for recipe in (OPERATOR, PACKER, SIMULATOR):
        progress.say(f"building {recipe.name}")
        _build(recipe)
    # One a run, so that two checkouts do not meet.
    name = f"endpoint-operator-{os.getpid()}"
    kubeconfig = folder / "kubeconfig"
    options = ("--name", name, "--kubeconfig", str(kubeconfig))

    def down() -> None:
        _run("kind", "delete", "cluster", *options)

    try:
        progress.say("creating the cluster")
        _run("kind", "create", "cluster", *options, "--wait", READY_WITHIN)
        progress.say("loading the images")
        _run("kind", "load", "docker-image", "--name", name, *(recipe.name for recipe in (OPERATOR, PACKER, SIMULATOR)))
    except BaseException:
        down()
        raise
    program = shutil.which("kubectl")
    assert program is not None, "unavailable() has found it"
    return Kubectl(Path(program), kubeconfig, folder / "kubectl-cache"), down


def _build(recipe: ImageRecipe) -> None:
    labels = f"--build-arg=VERSION={version()}"
    _run("docker", "build", "--quiet", labels, "-f", str(recipe.dockerfile), "-t", recipe.name, str(recipe.checkout))


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=BUILT_WITHIN_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise KindError(f"{' '.join(command[:3])}: not done within {BUILT_WITHIN_SECONDS:g} s") from None
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-LAST_LINES:]
        raise KindError("\n".join([f"{' '.join(command[:3])} failed ({done.returncode}):", *last]))
