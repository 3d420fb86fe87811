"""Carrying a model's plan out: its steps in order, in S3 and in the cluster, up to the first that fails."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.aws.models.copy import Copied
from endpoint_operator.aws.models.steps import ModelDoer
from endpoint_operator.aws.steps import StepRefused
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.models.outcome import ModelOutcome
from endpoint_operator.planning.models.steps import DeletePacker, ModelStep, RunPacker

log = logging.getLogger(__name__)


class Packers(Protocol):
    """Jobs that pack; each answers why not, or None. Raise ClusterUnavailable and NotLeading."""

    async def run(self, model: InferenceModel, step: RunPacker) -> Fault | None: ...

    async def remove(self, model: InferenceModel, s3_uri: str) -> Fault | None: ...


@dataclass(frozen=True, kw_only=True)
class AwsModelExecutor:
    """Implements the port ModelExecutor."""

    doers_of: Callable[[InferenceModel], Mapping[type, ModelDoer]]
    """Those of the account and region that the model's endpoint, or what is left of it, is in."""
    packers: Packers

    async def carry_out(self, model: InferenceModel, steps: Sequence[ModelStep]) -> ModelOutcome:
        """Raises NotLeading, and ClusterUnavailable where a step is the cluster's."""
        done: list[ModelStep] = []
        copied: Copied | None = None
        fault: Fault | None = None
        for step in steps:
            try:
                copied = await self._do(step, model) or copied
            except StepRefused as refused:
                fault = refused.fault
                log.info("%s", fault.message, extra={"object": model.object_name, "reason": fault.reason})
                break
            done.append(step)
        return ModelOutcome(
            done=tuple(done),
            fault=fault,
            etag=copied.etag if copied is not None else None,
            size_bytes=copied.size_bytes if copied is not None else None,
        )

    async def _do(self, step: ModelStep, model: InferenceModel) -> Copied | None:
        match step:
            case RunPacker():
                _refuse(await self.packers.run(model, step))
            case DeletePacker():
                _refuse(await self.packers.remove(model, step.s3_uri))
            case _:
                return await self.doers_of(model)[type(step)](step, model)
        return None


def _refuse(fault: Fault | None) -> None:
    if fault is not None:
        raise StepRefused(fault)
