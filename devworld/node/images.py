"""The images of a node, imported and unpacked once for the same archives and hard-linked into each node.

Layers are never written to (a container's own is another folder), so nodes can share their files; containerd's
databases are copied.
"""

import functools
import hashlib
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from devworld.node import oci_archive
from devworld.node.containerd import CONFIGURATION, PAUSE, Containerd
from devworld.node.programs import Programs
from devworld.node.sandbox import Sandbox
from tests.controlplane.content_cache import kept, key_of
from tests.controlplane.expected import ExpectedError
from tests.controlplane.progress import Progress

ROOT = "containerd"
TEMPLATES_KEPT = 4  # every edit of an image makes another one, of hundreds of MB; nodes keep what they linked
FOR_EVER = "2147483647"  # seconds, the most that busybox's sleep takes


class ImagesError(ExpectedError):
    """An archive is not there, or containerd did not take it; the text says which."""


def template(programs: Programs, archives: Sequence[Path]) -> Path:
    """containerd's root with the images of `archives`, made now if these very archives were never asked for together.

    Raises:
        ImagesError: an archive is not there.
        SandboxError: containerd did not take one.
    """
    missing = [str(archive) for archive in archives if not archive.is_file()]
    if missing:
        raise ImagesError(f"no image archive {', '.join(missing)}: build it first")
    digests = sorted(_digest(archive) for archive in archives)
    key = key_of(programs.runtime, CONFIGURATION, PAUSE, *digests)
    make = functools.partial(_import, programs=programs, archives=archives)
    return kept("node/images", key, make, at_most=TEMPLATES_KEPT) / ROOT


def link(made: Path, into: Path) -> None:
    """A node's own root; on the same file system as the template, for that is where links reach."""
    subprocess.run(["cp", "--archive", "--link", str(made), str(into)], check=True)
    for database in made.glob("*/*.db"):
        own = into / database.relative_to(made)
        own.unlink()
        shutil.copy2(database, own)


def _import(folder: Path, progress: Progress, *, programs: Programs, archives: Sequence[Path]) -> None:
    progress.say(f"unpacking {len(archives)} image archives: once for these very archives")
    work = folder.parent / "work"
    work.mkdir()
    pause = work / "pause.tar"
    _write_pause(programs, pause)
    sandbox = Sandbox.start(log=work / "sandbox.log")
    try:
        containerd = Containerd(sandbox, programs, root=folder / ROOT, networks=work, settings=work, logs=work)
        process = containerd.start()
        containerd.await_ready()
        for archive in (pause, *archives):
            progress.show(f"unpacking {archive.name}")
            containerd.load(archive)
        sandbox.inner(process).send(signal.SIGTERM)  # politely, so that its databases are whole
        if not process.wait(within_seconds=90):
            raise ImagesError("containerd does not end after SIGTERM")
    finally:
        sandbox.end()


def _write_pause(programs: Programs, archive: Path) -> None:
    """What holds a pod's network namespace; the real one does nothing either."""
    entrypoint = ("/busybox", "sleep", FOR_EVER)
    files = {"busybox": programs.busybox}
    oci_archive.write(oci_archive.Image(PAUSE, files, entrypoint, machine=os.uname().machine, user="65535"), archive)


def _digest(archive: Path) -> str:
    with archive.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
