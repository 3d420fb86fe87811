"""What the loop needs from the other rooms."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import ExportStatus
from endpoint_operator.planning.exporting import ExportChange, ExportOutcome
from endpoint_operator.planning.facts import Facts, OperatorInputs
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.inputs.values import SeenInputs
from endpoint_operator.planning.model_counts import ModelCounts
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.steps import Step
from endpoint_operator.planning.stories import Story

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)
S_contra = TypeVar("S_contra", contravariant=True)


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


class InputRefused(Exception):
    """A value of a Secret or ConfigMap cannot be had, or is not the one that was planned with."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.message)


class InputReader(Protocol):
    async def look(self, endpoint: InferenceEndpoint) -> SeenInputs:
        """What is known of the Secrets and ConfigMaps that the spec refers to; reads values only for a new revision.

        Raises ClusterUnavailable.
        """
        ...


class InputValues(Protocol):
    async def fill(self, endpoint: InferenceEndpoint, request: Mapping[str, Any]) -> dict[str, Any]:
        """A CreateModel request with the values in place, each compared with the digest that was planned with.

        Raises InputRefused and ClusterUnavailable. What it returns goes to AWS and nowhere else.
        """
        ...


class Observer(Protocol):
    async def observe(self, endpoint: InferenceEndpoint, inputs: OperatorInputs) -> Facts:
        """What is in AWS for this object. Failures to ask are facts too; raises nothing for them."""
        ...


class Executor(Protocol):
    async def carry_out(self, endpoint: InferenceEndpoint, steps: Sequence[Step], inputs: OperatorInputs) -> Outcome:
        """The steps in order, up to the first that fails."""
        ...


class EndpointModels(Protocol):
    """The InferenceModels that name an endpoint.

    Both answers are None until every model of the cluster was seen once: numbers that are too small would be written.
    They move at most every COUNTS_SECONDS, and whoever gives them wakes the endpoint when they moved.
    """

    def counts(self, endpoint: InferenceEndpoint) -> ModelCounts | None: ...

    def target_models(self, endpoint: InferenceEndpoint) -> Mapping[str, str] | None:
        """TargetModel by model id, of those that are published. Asked only where the endpoint has an export."""
        ...


class ObjectWriter(Protocol[T, S_contra]):
    """Writes to objects of one kind, read as T and with a status of S.

    They fail with StaleObject when somebody was faster, and with ClusterUnavailable otherwise.
    """

    async def add_finalizer(self, item: T, /) -> T: ...

    async def remove_finalizer(self, item: T, /) -> T:
        """The object as it is then; without any finalizer it is gone."""
        ...

    async def write_status(self, item: T, status: S_contra, /) -> T: ...


class Exporter(Protocol):
    async def export(
        self, endpoint: InferenceEndpoint, change: ExportChange, known: ExportStatus | None
    ) -> ExportOutcome:
        """Write and remove ConfigMaps of `export`. Raises ClusterUnavailable, NotLeading and StaleObject."""
        ...


class Recorder(Protocol[T_contra]):
    async def tell(self, item: T_contra, stories: Sequence[Story], /) -> None:
        """Write the Events; one that cannot be written is logged and dropped."""
        ...
