"""What a pass over a model needs from the other rooms, and what those need of the models that are known."""

from collections.abc import Callable, Sequence
from typing import Protocol

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.models.facts import ModelFacts, Target
from endpoint_operator.planning.models.outcome import ModelOutcome
from endpoint_operator.planning.models.steps import ModelStep

# Why nothing may be looked at or published for a model, with the endpoint that it names (None: there is none).
WhyNotAllowed = Callable[[InferenceModel, Target | None], Fault | None]


def all_is_allowed(_: InferenceModel, __: Target | None) -> None:
    """Where nobody asks about tenancy."""


class ModelObserver(Protocol):
    async def observe(self, model: InferenceModel) -> ModelFacts:
        """What the pass has to know. A look that failed is a fact too; raises nothing for it."""
        ...


class ModelExecutor(Protocol):
    async def carry_out(self, model: InferenceModel, steps: Sequence[ModelStep]) -> ModelOutcome:
        """The steps in order, up to the first that fails."""
        ...


class Neighbours(Protocol):
    """What the operator knows of the objects around a model; answered from memory."""

    def target_of(self, model: InferenceModel) -> Target | None:
        """The endpoint that the model names; None where there is no such object."""
        ...

    def id_taken_by(self, model: InferenceModel) -> str | None:
        """namespace/name of the oldest object with the same modelId on the same endpoint, where it is not this one."""
        ...
