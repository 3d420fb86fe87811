"""The steps of a model's plan that are done in AWS, each safe to repeat."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.models.archive_check import ArchiveChecks
from endpoint_operator.aws.models.copy import Copied, ModelCopies
from endpoint_operator.aws.models.faults import Spot, fault_at, former_spot, prefix_spot, source_spot
from endpoint_operator.aws.models.removal import ModelRemoval
from endpoint_operator.aws.models.warm_ups import WarmUps
from endpoint_operator.aws.steps import StepRefused
from endpoint_operator.planning.models.steps import AskTarget, CheckArchive, CopyObject, DeleteObjects

# Does a step; what is under the key where it published something. Raises StepRefused or NotLeading.
ModelDoer = Callable[[Any, InferenceModel], Awaitable[Copied | None]]


@dataclass(frozen=True, kw_only=True)
class ModelSteps:
    """For one account and region."""

    copies: ModelCopies
    removal: ModelRemoval
    checks: ArchiveChecks
    warm_ups: WarmUps

    def doers(self) -> Mapping[type, ModelDoer]:
        return {
            CheckArchive: self._check,
            CopyObject: self._copy,
            AskTarget: self._ask,
            DeleteObjects: self._delete,
        }

    async def _check(self, step: CheckArchive, model: InferenceModel) -> None:
        await self.checks.check(_source(model, step.s3_uri), etag=step.etag)

    async def _copy(self, step: CopyObject, model: InferenceModel) -> Copied:
        source, target = _source(model, step.source_s3_uri), _target(model, step.s3_uri)
        return await self.copies.copy(step, source=source, target=target)

    async def _ask(self, step: AskTarget, model: InferenceModel) -> None:
        fault = await self.warm_ups.ask(model, target_model=step.target_model)
        if fault is not None:
            raise StepRefused(fault)

    async def _delete(self, step: DeleteObjects, model: InferenceModel) -> None:
        for s3_uri in step.s3_uris:
            try:
                await self.removal.remove(model, s3_uri)
            except CallFailed as error:
                raise StepRefused(fault_at(error, _target(model, s3_uri))) from error


def _source(model: InferenceModel, s3_uri: str) -> Spot:
    """What is copied is the source, or what is published under a prefix that the endpoint had before."""
    return source_spot(s3_uri) if s3_uri == model.spec.source.s3_uri else former_spot(s3_uri)


def _target(model: InferenceModel, s3_uri: str) -> Spot:
    return prefix_spot(s3_uri, endpoint=model.spec.endpoint_ref.name)
