"""Where the operator is caught: after a write that was done, before or after its answer."""

import threading
from typing import Protocol

from tests.chaos.kill.aws_calls import glob_of
from tests.chaos.kill.operator_slot import OperatorSlot
from tests.chaos.kill.points import Row, Side
from tests.chaos.kill.subject import Subject
from tests.chaos.kill.writeproxy import Ambush


class Trap(Protocol):
    """Set before a phase begins."""

    def is_sprung(self) -> bool:
        """Whether the write is done and the operator still waits for its answer, or has just got it."""
        ...

    def give_answer(self) -> None:
        """Lets the answer go; no later write has an effect."""
        ...

    def clear(self) -> None:
        """After the kill: what was kept back is cut off."""
        ...


def trap_for(row: Row, slot: OperatorSlot, subject: Subject) -> Trap:
    return AwsTrap(row, slot, subject) if row.point.side is Side.AWS else KubernetesTrap(row, slot, subject)


class AwsTrap:
    """AWS does the work and keeps the answer back."""

    def __init__(self, row: Row, slot: OperatorSlot, subject: Subject) -> None:
        self._slot = slot
        operation = row.point.what
        match = {"operation": operation, "resource": glob_of(operation, subject.about)}
        self._faults = []
        if row.point.again > 1:
            # The first fault that matches wins: this one lets the calls before the nth pass.
            self._faults.append(slot.simulator.add_fault(match=match, times=row.point.again - 1, delayMs=1))
        self._hold = slot.simulator.add_fault(match=match, hold=True, **({} if row.answered else {"dropAnswer": True}))

    def is_sprung(self) -> bool:
        rows = self._slot.simulator.faults()["faults"]
        return any(row["id"] == self._hold and row["held"] for row in rows)

    def give_answer(self) -> None:
        self._slot.proxy.freeze()
        self._slot.freeze_aws()
        self._end_hold()

    def clear(self) -> None:
        for fault in self._faults:
            self._slot.simulator.end_faults(fault)
        self._end_hold()
        self._slot.thaw()

    def _end_hold(self) -> None:
        hold, self._hold = self._hold, ""
        if hold:
            self._slot.simulator.end_faults(hold)


class KubernetesTrap:
    """The proxy before the API server lets the write through, and gives its answer as the last thing or never."""

    def __init__(self, row: Row, slot: OperatorSlot, subject: Subject) -> None:
        self._slot = slot
        self._one_at_a_time = threading.Lock()
        self._over = False
        self._ambush = Ambush(
            what=row.point.what,
            about=subject.name,
            nth=row.point.again,
            answered=row.answered,
            before_answer=self._freeze_aws,
        )
        slot.proxy.lie_in_wait(self._ambush)

    def is_sprung(self) -> bool:
        return self._ambush.sprung.is_set()

    def give_answer(self) -> None:
        """It goes out by itself."""

    def clear(self) -> None:
        with self._one_at_a_time:
            self._over = True
        self._slot.thaw()

    def _freeze_aws(self) -> None:
        """In the proxy's thread, and never after what was given up: else everything would stay frozen."""
        with self._one_at_a_time:
            if not self._over:
                self._slot.freeze_aws()
