"""Runs between fork and exec of a server: ties it to the simulator's life and shows it its models under /opt/ml.

A program of its own, started as `python -I -S launcher.py ...` with nothing of the package on its path: the calls that
it makes are not safe in a forked copy of a process with threads. It becomes the server, so the process id stays.
Facts: prctl(2), unshare(2), mount(2), user_namespaces(7), mount_namespaces(7).
"""

import argparse
import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

MODEL_PATH = Path("/opt/ml/model")
MODELS_PATH = Path("/opt/ml/models")  # of a container of many models
EXIT_NOT_STARTED = 125  # as docker run: the command was not reached
COMPLAINT = "launcher: "

_CLONE_NEWNS = 0x00020000
_CLONE_NEWUSER = 0x10000000
_MS_RDONLY = 0x1
_MS_REMOUNT = 0x20
_MS_BIND = 0x1000
_MS_REC = 0x4000
_MS_PRIVATE = 0x40000
_PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


def main() -> NoReturn:
    arguments = _parse_arguments()
    try:
        if arguments.mount_model is not None:
            enter_own_mounts()
            show_model(arguments.mount_model, at=arguments.mount_at)
        # After the namespaces: a change of credentials clears the death signal.
        die_with(arguments.parent)
        if arguments.probe:
            sys.exit(0)
        _become(arguments.command)
    except OSError as error:
        _refuse(f"{error.filename}: {error.strerror}")


def enter_own_mounts() -> None:
    """Leave the machine's mounts alone from here on, through a user namespace if need be. Raises OSError."""
    if _libc.unshare(_CLONE_NEWNS) != 0:
        user, group = os.getuid(), os.getgid()
        _check(_libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNS), "unshare user and mounts")
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _mount("none", Path("/"), flags=_MS_REC | _MS_PRIVATE)


def show_model(folder: Path, *, at: Path) -> None:
    """Mount a folder read-only at a place under /opt/ml. Raises OSError."""
    if not at.is_dir():
        _make_room_for(at, scratch=folder.parent)
    _mount(str(folder), at, flags=_MS_BIND)
    # The flags that are there must be repeated, or a user namespace may not remount.
    _mount("none", at, flags=_MS_BIND | _MS_REMOUNT | _MS_RDONLY | _flags_of(at))


def die_with(parent: int) -> None:
    """Have the kernel kill this process as soon as the thread that started it ends. Raises OSError."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl PR_SET_PDEATHSIG")
    if os.getppid() != parent:
        _refuse("the simulator ended before the server began")


def _become(command: list[str]) -> NoReturn:
    try:
        os.execvp(command[0], command)  # noqa: S606  becoming it is the point
    except OSError as error:
        raise OSError(error.errno, error.strerror, command[0]) from error


def _make_room_for(path: Path, *, scratch: Path) -> None:
    """Let a folder exist that the machine does not have, without making it on the machine.

    Its deepest existing ancestor is covered by a tmpfs that holds the same entries, bound, and the missing folders.
    """
    ancestor = next(parent for parent in path.parents if parent.is_dir())
    if ancestor == Path("/"):
        raise OSError(0, f"there is no folder {path.parents[-2]} on this machine to mount over", str(path))
    cover = scratch / "cover"
    cover.mkdir(exist_ok=True)
    _mount("tmpfs", cover, kind="tmpfs")
    for entry in ancestor.iterdir():
        _copy_entry(entry, cover / entry.name)
    (cover / path.relative_to(ancestor)).mkdir(parents=True)
    _mount(str(cover), ancestor, flags=_MS_BIND | _MS_REC)


def _copy_entry(entry: Path, twin: Path) -> None:
    if entry.is_symlink():
        twin.symlink_to(entry.readlink())
    elif entry.is_dir():
        twin.mkdir()
        _mount(str(entry), twin, flags=_MS_BIND | _MS_REC)
    else:
        twin.touch()
        _mount(str(entry), twin, flags=_MS_BIND)


def _flags_of(path: Path) -> int:
    """Of the flags of a mount those that statvfs(3) and mount(2) number alike: nosuid, nodev, noexec."""
    return os.statvfs(path).f_flag & (os.ST_NOSUID | os.ST_NODEV | os.ST_NOEXEC)


def _mount(source: str, target: Path, *, kind: str = "none", flags: int = 0) -> None:
    done = _libc.mount(source.encode(), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), None)
    _check(done, f"mount {source} at {target}")


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


def _refuse(sentence: str) -> NoReturn:
    sys.stderr.write(f"{COMPLAINT}{sentence}\n")
    sys.exit(EXIT_NOT_STARTED)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True, help="process id of the simulator")
    parser.add_argument("--mount-model", type=Path, help="folder to mount read-only")
    parser.add_argument("--mount-at", type=Path, default=MODEL_PATH, help="where (default: %(default)s)")
    parser.add_argument("--probe", action="store_true", help="mount, then leave with exit code 0")
    parser.add_argument("command", nargs="*")
    return parser.parse_args()


if __name__ == "__main__":
    main()
