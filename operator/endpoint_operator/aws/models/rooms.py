"""Models in the accounts and regions of their endpoints: what app.py wires into their passes."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.aws.models.executor import AwsModelExecutor, Packers
from endpoint_operator.aws.models.inventory import ModelInventory, PublishedModels
from endpoint_operator.aws.models.observer import AwsModelObserver, PackerLooks, TemplateLooks
from endpoint_operator.aws.models.room import ModelRoom
from endpoint_operator.aws.models.warm_ups import WarmUps
from endpoint_operator.aws.rooms import AwsRooms
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.engine.model_ports import Neighbours, WhyNotAllowed, all_is_allowed
from endpoint_operator.planning.models.case import place_in_status
from endpoint_operator.planning.models.facts import Target
from endpoint_operator.planning.place import Place


class PackingJobs(PackerLooks, Packers, Protocol):
    """Jobs that pack: looked at, made, removed."""


class ModelRooms:
    """`observer` and `executor` for the passes, and what runs beside them while leading."""

    def __init__(
        self,
        *,
        rooms: AwsRooms,
        neighbours: Neighbours,
        model_of: Callable[[ObjectKey], InferenceModel | None],
        endpoints: Callable[[], Iterable[tuple[ObjectKey, Target]]],
        published: Callable[[], Iterable[PublishedModels]],
        wake: Callable[[ObjectKey], None],
        templates: TemplateLooks,
        packers: PackingJobs,
        cluster_id: str,
        drain_seconds: float,
        why_not_allowed: WhyNotAllowed = all_is_allowed,
    ) -> None:
        """Everything but `templates` and `packers` is answered from memory. `wake` takes the key of a model;
        `why_not_allowed` is asked before anything is done in AWS for one."""
        self._rooms = rooms
        self._neighbours = neighbours
        self.warm_ups = WarmUps(
            model_of=model_of,
            target_of=neighbours.target_of,
            endpoints=endpoints,
            requests_of=lambda place: rooms.models_at(place).requests,
            wake=wake,
            why_not_allowed=why_not_allowed,
        )
        self.inventory = ModelInventory(
            published=published, calls_of=lambda place: rooms.models_at(place).calls, wake=wake
        )
        self.observer = AwsModelObserver(
            neighbours=neighbours,
            artifacts_of=lambda model: self._room(model).artifacts,
            templates=templates,
            packers=packers,
            warm_ups=self.warm_ups,
            inventory=self.inventory,
            cluster_id=cluster_id,
            drain_seconds=drain_seconds,
            why_not_allowed=why_not_allowed,
        )
        self.executor = AwsModelExecutor(doers_of=lambda model: self._room(model).doers(self.warm_ups), packers=packers)

    def remembered(self, key: ObjectKey, model: InferenceModel | None) -> None:
        """The model as it was read or written just now; None: it is gone. To be told of every one."""
        self.warm_ups.remembered(key, model)

    def place_of(self, model: InferenceModel) -> Place:
        """Where its calls are made: a deletion needs nothing but the object's own status."""
        target = None if model.being_deleted else self._neighbours.target_of(model)
        if target is not None and target.multi_model:
            return target.place
        return place_in_status(model.status) or Place(region=self._rooms.region)

    async def run(self, *, inventory_seconds: float) -> None:
        """Send warm-ups, and list the prefixes now and then, until cancelled. Only while leading."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.warm_ups.run())
            group.create_task(self.inventory.run(period=inventory_seconds))

    def _room(self, model: InferenceModel) -> ModelRoom:
        return self._rooms.models_at(self.place_of(model))
