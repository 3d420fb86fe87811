"""What all steps share: for whom they are done, and how one is refused."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.aws.tags import why_foreign
from endpoint_operator.planning.facts import Foreign, OperatorInputs
from endpoint_operator.planning.faults import Blame, Fault


class StepRefused(Exception):
    """A step that must not be done, with the fault that says why."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.message)


@dataclass(frozen=True, kw_only=True)
class Pass:
    """For whom steps are carried out."""

    endpoint: InferenceEndpoint
    inputs: OperatorInputs

    def why_foreign(self, tags: dict[str, str], *, what: str) -> Foreign | None:
        return why_foreign(tags, what=what, endpoint=self.endpoint, inputs=self.inputs)

    def refuse_foreign(self, tags: dict[str, str], *, what: str) -> None:
        """Raises StepRefused when the tags are not ours."""
        foreign = self.why_foreign(tags, what=what)
        if foreign is not None:
            raise StepRefused(_name_taken(foreign.message))


# Does a step; the endpoint's ARN where it made one. Raises CallFailed, StepRefused or NotLeading.
Doer = Callable[[Any, Pass], Awaitable[str | None]]


def _name_taken(reason: str) -> Fault:
    message = f"spec.endpointName: {reason}; delete it or choose another name (a new object: the name never changes)"
    # Not the revision's failure: what has the name may be deleted any moment, and then the name is free.
    return Fault(blame=Blame.OPERATOR_SETUP, reason="NameTaken", message=message)
