"""One row: begin, wait for the write, kill, let people do their thing, start again, look."""

import dataclasses
import time

from tests.chaos.kill.operator_slot import OperatorSlot
from tests.chaos.kill.patience import seldom
from tests.chaos.kill.points import Meanwhile, Row
from tests.chaos.kill.subject import Subject
from tests.chaos.kill.subjects import subject_for
from tests.chaos.kill.traps import Trap, trap_for
from tests.controlplane.deadlines import DeadlineError, until

SPRUNG_WITHIN_SECONDS = 120.0
STOPPED_WITHIN_SECONDS = 60.0
# A status write may be skipped when SageMaker is faster than a pass; then the row is made again on another object.
TRIES = 4
_LAST_LINES = 25


@dataclasses.dataclass(frozen=True)
class Result:
    """What came of a row; `evidence` is empty when it came out right."""

    row: Row
    seconds: float
    tries: int
    evidence: str = ""
    came: bool = True
    """Whether there was such a write, and so a kill."""

    @property
    def good(self) -> bool:
        return not self.evidence


def kill_once(slot: OperatorSlot, row: Row, *, name: str) -> tuple[Result, list[Subject]]:
    """The result, and the objects that it left for the last look at all of them."""
    began, log_mark = time.monotonic(), slot.log_mark()
    never = [f"the write never came in {TRIES} tries; the undisturbed run made it"]
    complaints = [] if row.point.may_be_skipped else never
    came = False
    subjects: list[Subject] = []
    while len(subjects) < TRIES:
        subjects.append(subject_for(slot, row.point.phase, name=f"{name}t{len(subjects) + 1}"))
        try:
            came = _killed_and_right(slot, row, subjects[-1])
            if came:
                complaints = []
                break
        except DeadlineError as late:
            complaints = [str(late)]
            break
    complaints += _own_words(slot.log_since(log_mark))
    seconds = time.monotonic() - began
    evidence = _evidence(slot, subjects[-1], complaints, log_mark) if complaints else ""
    return Result(row=row, seconds=seconds, tries=len(subjects), evidence=evidence, came=came), subjects


def _killed_and_right(slot: OperatorSlot, row: Row, subject: Subject) -> bool:
    """True when the operator was killed where it should be and all came out right; False: that write never came."""
    subject.settle_in(row.point.phase)
    trap = trap_for(row, slot, subject)
    try:
        subject.begin(row.point.phase)
        if not _sprung(trap, slot, subject):
            return False
        if row.answered:
            trap.give_answer()
            _goes_on_to_its_next_write(slot)
        slot.kill()
    finally:
        trap.clear()
    subject.look_as_caller()
    if row.late:
        slot.reads_lag()
    _meanwhile(row, subject)
    slot.start()
    subject.comes_out_right()
    slot.reads_are_fresh()
    return True


def _sprung(trap: Trap, slot: OperatorSlot, subject: Subject) -> bool:
    is_right = seldom(subject.is_right)
    until(
        lambda: trap.is_sprung() or is_right(),
        what="the write at which the operator is killed, or the end of the phase",
        within_seconds=SPRUNG_WITHIN_SECONDS,
        seen=lambda: "; ".join(subject.complaints()),
    )
    if not trap.is_sprung():  # the last write is seen by others before its answer comes to the trap
        renewals = slot.renewals_from_now()
        until(lambda: trap.is_sprung() or renewals() >= 2, what="two renewals", within_seconds=SPRUNG_WITHIN_SECONDS)
    return trap.is_sprung()


def _goes_on_to_its_next_write(slot: OperatorSlot) -> None:
    """Or has nothing more to write: it is well and has renewed its Lease twice since."""
    renewals = slot.renewals_from_now()
    until(
        lambda: slot.is_stopped() or renewals() >= 2,
        what="the next write after the answer, or none",
        within_seconds=STOPPED_WITHIN_SECONDS,
    )


def _meanwhile(row: Row, subject: Subject) -> None:
    match row.meanwhile:
        case Meanwhile.NOTHING:
            return
        case Meanwhile.EDITED:
            subject.edit_unseen(row.point.phase.edit)
        case Meanwhile.DELETED:
            subject.delete()


def _own_words(log: list[str]) -> list[str]:
    """What the operator itself calls a bug."""
    return [f"the operator logged an error: {line}" for line in log if '"ERROR"' in line or '"CRITICAL"' in line]


def _evidence(slot: OperatorSlot, subject: Subject, complaints: list[str], log_mark: int) -> str:
    found = subject.object() or {}
    return "\n".join(
        [
            *complaints,
            f"status: {found.get('status')}",
            f"metadata: {found.get('metadata')}",
            "calls about it:",
            *subject.calls().as_text(),
            f"the operator's last lines (all in {slot.namespace}/operator.log):",
            *slot.log_since(log_mark)[-_LAST_LINES:],
        ]
    )
