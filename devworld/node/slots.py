"""Which of a machine's nodes this one is, claimed for as long as it lives, and what the dead ones left.

A slot is a locked file. The sandbox process holds the lock, so the kernel lets go of it when that process ends in
whatever way; what is found behind a free lock is a leftover. Everything a node leaves on the machine is named after its
slot or, its scratch folder, written in the slot's file.
"""

import dataclasses
import fcntl
import os
import shutil
from ipaddress import IPv4Address
from pathlib import Path

from devworld.node import cgroups, links
from devworld.node.addresses import BLOCKS, Addresses, routed
from tests.controlplane.deadlines import until
from tests.controlplane.expected import ExpectedError

ROOM = Path("/run/sagemaker-endpoint-operator/nodes")


class NoSlotError(ExpectedError):
    """No node more fits on this machine; the text says why."""


@dataclasses.dataclass(frozen=True)
class Slot:
    """One of the nodes that a machine may run at once."""

    number: int

    @property
    def addresses(self) -> Addresses:
        return Addresses(BLOCKS[self.number])

    @property
    def link(self) -> str:
        """The machine's end of the cable, a network interface."""
        return f"sagenode{self.number}"

    @property
    def cgroup(self) -> str:
        return f"sagemaker-node-{self.number}"

    @property
    def file(self) -> Path:
        return ROOM / str(self.number)


@dataclasses.dataclass(frozen=True)
class Claim:
    """A slot and the descriptor that holds its lock; whoever inherits that holds it too."""

    slot: Slot
    lock: int

    def let_go(self) -> None:
        """This process's hold; who inherited it keeps it."""
        os.close(self.lock)


def claim(*, scratch: Path, preferred: Slot | None = None) -> Claim:
    """A free slot, all leftovers of dead nodes cleaned. `scratch`: a folder that is the node's, removed with it.

    `preferred` is taken if it is free: programs of the machine may listen at its addresses still.

    Raises:
        NoSlotError: every slot has a living node, or addresses that the machine has another route to.
    """
    for slot in _all():
        clean(slot)
    for slot in sorted(_all(), key=lambda slot: slot != preferred):
        claimed = _claim(slot, scratch)
        if claimed is not None:
            return claimed
    raise NoSlotError(
        f"no place for another node: of {len(BLOCKS)} blocks of addresses each has a living node (make dev-down ends "
        "one) or a route of another program (ip route shows it)"
    )


def machine_addresses() -> list[IPv4Address]:
    """At which pods of this machine's nodes find it: those whose cable is there."""
    return [slot.addresses.machine for slot in _all() if (links.INTERFACES / slot.link).exists()]


def clean(slot: Slot) -> bool:
    """Removes what the slot's last node left; False when it lives."""
    lock = _lock(slot)
    if lock is None:
        return False
    try:
        _remove_leftovers(slot, lock)
    finally:
        os.close(lock)
    return True


def clean_after(slot: Slot, *, scratch: Path) -> None:
    """As `clean`, for a node that was just ended; somebody who starts one now may be at it already.

    Raises:
        DeadlineError: a process of it is still there.
    """
    until(
        lambda: clean(slot) or slot.file.read_text(encoding="utf-8") not in ("", str(scratch)),
        what=f"the node in slot {slot.number} to be gone",
        within_seconds=90,
    )


def _claim(slot: Slot, scratch: Path) -> Claim | None:
    lock = _lock(slot)
    if lock is None:
        return None
    try:
        _remove_leftovers(slot, lock)  # a node may have died since all were cleaned
        if not _routed_elsewhere(slot):
            os.pwrite(lock, str(scratch).encode(), 0)
            return Claim(slot, lock)
    except BaseException:
        os.close(lock)
        raise
    os.close(lock)
    return None


def _all() -> tuple[Slot, ...]:
    return tuple(Slot(number) for number in range(len(BLOCKS)))


def _routed_elsewhere(slot: Slot) -> bool:
    return any(slot.addresses.block.overlaps(network) for network in routed())


def _remove_leftovers(slot: Slot, lock: int) -> None:
    """Only with the slot's lock. The record goes last, so that a cleaning that was cut short is done again."""
    scratch = os.pread(lock, os.fstat(lock).st_size, 0).decode()
    if not scratch:
        return
    links.remove(slot.link)
    cgroups.remove(slot.cgroup)
    if Path(scratch).exists():
        shutil.rmtree(scratch)
    os.truncate(lock, 0)


def _lock(slot: Slot) -> int | None:
    """A descriptor that holds it; None when somebody else does."""
    ROOM.mkdir(parents=True, exist_ok=True)
    lock = os.open(slot.file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock
