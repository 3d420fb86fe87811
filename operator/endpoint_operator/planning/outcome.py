"""What came of a plan's steps."""

from dataclasses import dataclass

from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.steps import Step


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The steps that were done, and why the next one was not. `endpoint_arn` is CreateEndpoint's answer."""

    done: tuple[Step, ...] = ()
    fault: Fault | None = None
    endpoint_arn: str | None = None

    def did(self, kind: type[Step]) -> bool:
        return any(isinstance(step, kind) for step in self.done)


NOTHING_DONE = Outcome()
