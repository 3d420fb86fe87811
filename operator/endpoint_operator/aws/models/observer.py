"""Observing a model: memory first, and of S3 and the cluster only what decisions ask for; at rest that is nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.aws.models.artifacts import ModelArtifacts
from endpoint_operator.aws.models.faults import prefix_spot, source_spot
from endpoint_operator.aws.models.inventory import ModelInventory
from endpoint_operator.aws.models.warm_ups import WarmUps
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.model_ports import Neighbours, WhyNotAllowed, all_is_allowed
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.models.decide import wanted_looks
from endpoint_operator.planning.models.facts import Absent, ModelFacts, PackingSeen, PublishedSeen, TemplateSeen
from endpoint_operator.planning.models.looks import (
    LookAtKey,
    LookAtSource,
    LookAtTemplate,
    LookForPacker,
    ModelLook,
    NotLooked,
)
from endpoint_operator.planning.models.ownership import is_ours

# What is seen decides what is worth another look, at most so many times.
ROUNDS: Final = 6


class TemplateLooks(Protocol):
    async def look(self, model: InferenceModel, *, config_map: str, key: str) -> TemplateSeen | Fault:
        """The key of a ConfigMap in the model's namespace. Raises ClusterUnavailable."""
        ...


class PackerLooks(Protocol):
    async def look(self, model: InferenceModel, s3_uri: str) -> PackingSeen | Fault:
        """The Job that makes the object. Raises ClusterUnavailable."""
        ...


@dataclass(frozen=True, kw_only=True)
class AwsModelObserver:
    """Implements the port ModelObserver."""

    neighbours: Neighbours
    artifacts_of: Callable[[InferenceModel], ModelArtifacts]
    """Those of the account and region that the model's endpoint, or what is left of it, is in."""
    templates: TemplateLooks
    packers: PackerLooks
    warm_ups: WarmUps
    inventory: ModelInventory
    cluster_id: str
    drain_seconds: float
    why_not_allowed: WhyNotAllowed = all_is_allowed

    async def observe(self, model: InferenceModel) -> ModelFacts:
        """Raises ClusterUnavailable where the cluster must be asked and cannot."""
        facts = self._from_memory(model)
        for _ in range(ROUNDS):
            looks = wanted_looks(model, facts)
            if not looks:
                return facts
            seen = await asyncio.gather(*(self._look(model, look) for look in looks))
            for members in seen:
                facts = replace(facts, **members)
        raise NotLooked(f"{model.object_name}: {ROUNDS} rounds of looks were not enough")

    def _from_memory(self, model: InferenceModel) -> ModelFacts:
        warmth, target = self.warm_ups.known(model), self.neighbours.target_of(model)
        return ModelFacts(
            now=datetime.now(UTC),
            cluster_id=self.cluster_id,
            target=target,
            not_allowed=self.why_not_allowed(model, target),
            id_taken_by=self.neighbours.id_taken_by(model),
            warm=warmth.warm,
            warm_up_fault=warmth.fault,
            new_one_answered=warmth.new_one_answered,
            missing=self.inventory.is_missing(_key(model), model.status.artifact_s3_uri),
            drain_seconds=self.drain_seconds,
        )

    async def _look(self, model: InferenceModel, look: ModelLook) -> dict[str, Any]:
        """The members of ModelFacts that the look fills in."""
        match look:
            case LookAtSource():
                return {"source": await self.artifacts_of(model).source(source_spot(look.s3_uri))}
            case LookAtKey():
                return {"published": await self._at_key(model, look.s3_uri)}
            case LookAtTemplate():
                seen = await self.templates.look(model, config_map=look.config_map, key=look.key)
                return {"template": seen}
            case LookForPacker():
                return {"packing": await self.packers.look(model, look.s3_uri)}

    async def _at_key(self, model: InferenceModel, s3_uri: str) -> PublishedSeen | Absent | Fault:
        spot = prefix_spot(s3_uri, endpoint=model.spec.endpoint_ref.name)
        seen = await self.artifacts_of(model).published(spot)
        published = model.status.published
        if isinstance(seen, PublishedSeen) and published is not None and s3_uri == model.status.artifact_s3_uri:
            same = seen.content == published.content
            if same and is_ours(model, seen, cluster_id=self.cluster_id):
                self.inventory.found(_key(model))
        return seen


def _key(model: InferenceModel) -> ObjectKey:
    return ObjectKey(model.namespace, model.name)
