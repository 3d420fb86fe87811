"""What the loop needs from the other rooms."""

from collections.abc import Sequence
from typing import Protocol

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import InferenceEndpointStatus
from endpoint_operator.planning.facts import Facts, OperatorInputs
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.steps import Step
from endpoint_operator.planning.stories import Story


class StaleObject(Exception):
    """The object changed since it was read: nothing was written, the pass is made again on the newer one."""


class ClusterUnavailable(Exception):
    """The API server could not be asked or refused for reasons of its own; tried again with back-off.

    `retry_after` is for how many seconds it asked us to stay away, 0 where it did not.
    """

    def __init__(self, message: str, *, retry_after: float = 0.0) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class NotLeading(Exception):
    """This process does not hold the Lease, or cannot be sure that it does: no write may begin."""


class Observer(Protocol):
    async def observe(self, endpoint: InferenceEndpoint, inputs: OperatorInputs) -> Facts:
        """What is in AWS for this object. Failures to ask are facts too; raises nothing for them."""
        ...


class Executor(Protocol):
    async def carry_out(self, endpoint: InferenceEndpoint, steps: Sequence[Step], inputs: OperatorInputs) -> Outcome:
        """The steps in order, up to the first that fails."""
        ...


class ObjectWriter(Protocol):
    """Writes that fail with StaleObject when somebody was faster, and with ClusterUnavailable otherwise."""

    async def add_finalizer(self, endpoint: InferenceEndpoint) -> InferenceEndpoint: ...

    async def remove_finalizer(self, endpoint: InferenceEndpoint) -> None: ...

    async def write_status(self, endpoint: InferenceEndpoint, status: InferenceEndpointStatus) -> InferenceEndpoint: ...


class Recorder(Protocol):
    async def tell(self, endpoint: InferenceEndpoint, stories: Sequence[Story]) -> None:
        """Write the Events; one that cannot be written is logged and dropped."""
        ...
