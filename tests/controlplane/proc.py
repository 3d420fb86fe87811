"""What Linux says about processes in /proc: who is who although numbers are used again, and who listens where."""

import contextlib
import dataclasses
import os
import sys
from collections.abc import Iterator
from pathlib import Path

LISTEN = "0A"


@dataclasses.dataclass(frozen=True)
class Identity:
    """One process for ever: its number is used again, but never with the same start time (proc(5), stat)."""

    pid: int
    start_time: int  # clock ticks since boot


@dataclasses.dataclass(frozen=True)
class Stat:
    """The fields of /proc/PID/stat that are used here."""

    identity: Identity
    state: str
    session: int


def boot_id() -> str:
    """Changes with every boot, which makes every Identity of before worthless."""
    path = Path("/proc/sys/kernel/random/boot_id")
    if not path.exists():
        sys.exit(f"{path} is missing: the embedded control plane needs Linux with /proc mounted")
    return path.read_text(encoding="ascii").strip()


def stat(pid: int) -> Stat | None:
    """None when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text[text.rindex(")") + 2 :].split()  # the name before it may hold blanks and brackets
    return Stat(identity=Identity(pid=pid, start_time=int(fields[19])), state=fields[0], session=int(fields[3]))


def is_alive(identity: Identity) -> bool:
    """Whether it still runs; a zombie does not."""
    now = stat(identity.pid)
    return now is not None and now.identity == identity and now.state not in "ZX"


def session_of(leader: Identity) -> list[Identity]:
    """The living processes of the session that `leader` began, itself left out, also when it has ended.

    A number that was used again cannot fool this: a session's members start after its leader.
    """
    now = stat(leader.pid)
    if now is not None and now.identity != leader:
        return []
    return [
        each.identity
        for each in _all()
        if each.session == leader.pid and each.identity.pid != leader.pid
        and each.identity.start_time >= leader.start_time and each.state not in "ZX"
    ]  # fmt: skip


def _all() -> Iterator[Stat]:
    for name in os.listdir("/proc"):
        if name.isdigit() and (each := stat(int(name))) is not None:
            yield each


def listens_on(pid: int, port: int) -> bool:
    """Whether this very process, not a stranger on the same port, listens on it on an IPv4 address."""
    sockets = _listening_inodes(pid, port)
    return bool(sockets) and not sockets.isdisjoint(_open_sockets(pid))


def _listening_inodes(pid: int, port: int) -> set[str]:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        rows = [row.split() for row in Path(f"/proc/{pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
        return {row[9] for row in rows if row[3] == LISTEN and int(row[1].rpartition(":")[2], 16) == port}
    return set()


def _open_sockets(pid: int) -> set[str]:
    inodes = set()
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for entry in os.scandir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                inodes.add(os.readlink(entry.path).removeprefix("socket:[").removesuffix("]"))
    return inodes
