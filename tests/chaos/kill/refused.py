"""Nobody is killed: the API server refuses every other write of a kind, and still nothing is done twice."""

from tests.chaos.kill.operator_slot import OperatorSlot
from tests.chaos.kill.phase import Phase
from tests.chaos.kill.subject import Subject
from tests.chaos.kill.subjects import subject_for
from tests.controlplane.deadlines import DeadlineError


def led_through_refusals(slot: OperatorSlot, phase: Phase, *, name: str) -> tuple[Subject, list[str]]:
    """An object that was led through the phase, and what is wrong with it."""
    subject = subject_for(slot, phase, name=name)
    subject.settle_in(phase)
    slot.proxy.refuse_every_other = True
    try:
        subject.begin(phase)
        subject.comes_out_right()
    except DeadlineError as late:
        return subject, [f"{phase.name}, every other write refused: {late}", *subject.calls().as_text()]
    finally:
        slot.proxy.refuse_every_other = False
    return subject, []
