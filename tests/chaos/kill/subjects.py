"""Which kind of object a phase is about."""

from tests.chaos.kill.endpoint_subject import EndpointSubject
from tests.chaos.kill.model_subject import ModelSubject
from tests.chaos.kill.model_versions import ModelVersion
from tests.chaos.kill.operator_slot import OperatorSlot
from tests.chaos.kill.phase import Phase
from tests.chaos.kill.subject import Subject


def subject_for(slot: OperatorSlot, phase: Phase, *, name: str) -> Subject:
    """One that nothing was asked of yet."""
    return ModelSubject(slot, name) if isinstance(phase.edit, ModelVersion) else EndpointSubject(slot, name)
