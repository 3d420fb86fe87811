"""The undisturbed run: what the operator writes, in order. Its writes are the points, whatever they come to be."""

import fnmatch
from collections.abc import Iterator
from datetime import datetime

from tests.chaos.kill.aws_calls import CHANGING
from tests.chaos.kill.operator_slot import OperatorSlot
from tests.chaos.kill.phase import Phase
from tests.chaos.kill.points import Point, Side, writes_of
from tests.chaos.kill.subject import Subject
from tests.chaos.kill.subjects import subject_for

Told = tuple[datetime, Side, str]


def recorded(slot: OperatorSlot, phase: Phase, *, name: str) -> tuple[list[Point], Subject]:
    """The writes of a phase, and the object that was led through it."""
    subject = subject_for(slot, phase, name=name)
    subject.settle_in(phase)
    mark, written = slot.calls.mark(), len(slot.proxy.writes)
    subject.begin(phase)
    subject.comes_out_right()
    told = sorted([*_to_aws(slot, subject, mark), *_to_kubernetes(slot, subject, written)])
    missing = set(phase.about) - {what for _, _, what in told}
    assert not missing, f"phase {phase.name} is about {', '.join(sorted(missing))}, which the operator did not write"
    return list(writes_of(phase, [(side, what) for _, side, what in told])), subject


def _to_aws(slot: OperatorSlot, subject: Subject, mark: int) -> Iterator[Told]:
    for row in slot.calls.since(mark).about(subject.about).changing().effective().rows:
        operation = row["operation"]
        assert any(fnmatch.fnmatchcase(operation, glob) for glob in CHANGING), (
            f"{operation} changes something and aws_calls.CHANGING does not say so: add it there"
        )
        yield datetime.fromisoformat(row["wallTime"]), Side.AWS, operation


def _to_kubernetes(slot: OperatorSlot, subject: Subject, written: int) -> Iterator[Told]:
    for write in slot.proxy.writes[written:]:
        if write.about in (subject.name, ""):
            yield write.at, Side.KUBERNETES, write.what
