"""containerd, runc, the CNI plugins and iptables: fetched as Debian packages and unpacked, never installed.

They come through the machine's own apt configuration (its mirror, proxy and keys) into folders of their own; the
machine's lists, status and cache are not touched.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.controlplane.content_cache import kept, key_of
from tests.controlplane.expected import ExpectedError
from tests.controlplane.progress import Progress

OS_RELEASE = Path("/etc/os-release")
KEYRINGS = tuple(Path(f"/usr/share/keyrings/debian-archive-keyring.{kind}") for kind in ("gpg", "pgp"))
NEWER_SUITE = "sid"
# Kubernetes 1.36 wants containerd 2; Debian 12 and 13 have 1.6 and 1.7.
FROM_NEWER_SUITE = ("containerd",)
# runc needs libseccomp2 too, which apt itself needs, so it is there.
FROM_OWN_SUITE = (
    "runc",
    "containernetworking-plugins",
    "busybox-static",
    "iptables",
    "libip4tc2",
    "libip6tc2",
    "libmnl0",
    "libnetfilter-conntrack3",
    "libnfnetlink0",
    "libnftnl11",
    "libxtables12",
)
FIREWALL = tuple(f"{ip}tables{what}" for ip in ("ip", "ip6") for what in ("", "-save", "-restore"))
# The package's own links are made by its installation, and its libraries are not where the linker looks.
FIREWALL_SCRIPT = """#!/bin/sh
libraries=$(echo "${0%/*}"/../usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH="$libraries" XTABLES_LIBDIR="$libraries/xtables"
exec "${0%/*}/../usr/sbin/xtables-nft-multi" "${0##*/}" "$@"
"""
FIREWALL_FOLDER = "firewall"
MANIFEST = "packages"
"""In the folder: the file names of the packages, which hold their versions."""


class PackagesError(ExpectedError):
    """The packages cannot be had; the text says what apt said or what is missing."""


def unpacked_packages() -> Path:
    """A folder as the root of a file system: usr/bin, usr/sbin, usr/lib/cni; firewall/ has iptables.

    The newest versions of the day it was made, kept until another list of packages is asked for.

    Raises:
        PackagesError: apt cannot fetch them.
    """
    own = codename()
    return kept("node/packages", key_of(own, NEWER_SUITE, *FROM_NEWER_SUITE, *FROM_OWN_SUITE, FIREWALL_SCRIPT), _fetch)


def codename() -> str:
    """Of this machine's Debian, "bookworm"; empty where os-release names none."""
    rows = OS_RELEASE.read_text(encoding="utf-8").splitlines() if OS_RELEASE.is_file() else []
    return next((row.partition("=")[2].strip('"') for row in rows if row.startswith("VERSION_CODENAME=")), "")


def _fetch(folder: Path, progress: Progress) -> None:
    own = codename()
    apt = Apt(folder.parent / "apt", sources=[own, NEWER_SUITE])
    progress.say(f"fetching {', '.join(FROM_NEWER_SUITE + FROM_OWN_SUITE[:4])} from Debian: once, 40 MB")
    apt("update")
    debs = folder.parent / "debs"
    debs.mkdir()
    wanted = [f"{name}/{NEWER_SUITE}" for name in FROM_NEWER_SUITE] + [f"{name}/{own}" for name in FROM_OWN_SUITE]
    apt("download", *wanted, cwd=debs)
    files = sorted(debs.glob("*.deb"))
    for file in files:
        run("dpkg-deb", "--extract", str(file), str(folder))
    (folder / MANIFEST).write_text("".join(f"{file.name}\n" for file in files), encoding="utf-8")
    _write_firewall_programs(folder / FIREWALL_FOLDER)


def _write_firewall_programs(folder: Path) -> None:
    folder.mkdir()
    for name in FIREWALL:
        (folder / name).write_text(FIREWALL_SCRIPT, encoding="utf-8")
        (folder / name).chmod(0o755)


class Apt:
    """apt-get with lists, status and cache in a folder of its own, for the main component of `sources`."""

    def __init__(self, folder: Path, *, sources: list[str]) -> None:
        for name in ("lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True)
        (folder / "status").touch()
        uri = archive_uri(sources[0])
        lines = [f"deb {signed_by()}{uri} {suite} main\n" for suite in sources]
        (folder / "sources.list").write_text("".join(lines), encoding="utf-8")
        settings = {
            "Dir::State": folder,
            "Dir::State::lists": folder / "lists",
            "Dir::State::status": folder / "status",
            "Dir::Cache": folder / "cache",
            "Dir::Etc::sourcelist": folder / "sources.list",
            "Dir::Etc::sourceparts": "-",
            "Dir::Etc::preferences": "-",
            "Dir::Etc::preferencesparts": "-",
            "APT::Sandbox::User": "root",  # _apt may not enter a root user's home
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        self._command = ["apt-get", "-qq", *(f"-o{name}={value}" for name, value in settings.items())]

    def __call__(self, *arguments: str, cwd: Path | None = None) -> None:
        """Raises PackagesError."""
        run(*self._command, *arguments, cwd=cwd)


def archive_uri(suite: str) -> str:
    """The URI of Debian's archive as this machine's apt has it.

    `indextargets` answers from the configuration alone, also before the first update.
    """
    for line in run("apt-get", "indextargets", "--format", "$(RELEASE)|$(COMPONENT)|$(REPO_URI)").splitlines():
        release, component, uri = line.split("|", 2)
        if (release, component) == (suite, "main"):
            return uri
    raise PackagesError(
        f"apt has no source for {suite or '(os-release names no VERSION_CODENAME)'} main, where runc and others come "
        "from; add Debian's archive to /etc/apt/sources.list.d"
    )


def signed_by() -> str:
    """An option for a line of sources.list; without it apt takes what it trusts anyway."""
    return next((f"[signed-by={keyring}] " for keyring in KEYRINGS if keyring.is_file()), "")


def run(*command: str, cwd: Path | None = None) -> str:
    """What one of Debian's own programs prints. Raises PackagesError with the end of what it said."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = "\n".join((done.stderr or done.stdout).strip().splitlines()[-10:])
        raise PackagesError(f"{command[0]} {command[-1]} failed ({done.returncode}): {said}")
    return done.stdout


def lacking(programs: Mapping[str, str]) -> str | None:
    """None, or the sentence that says which programs are not on PATH; `programs` has the package of each."""
    missing = [name for name in programs if shutil.which(name) is None]
    if not missing:
        return None
    packages = sorted({programs[name] for name in missing})
    return f"there is no {' and no '.join(missing)} on PATH; on Debian: apt-get install {' '.join(packages)}"


def missing_programs() -> list[str]:
    """Those that are needed to fetch and unpack, and are not there."""
    return [name for name in ("apt-get", "dpkg-deb") if shutil.which(name) is None]
