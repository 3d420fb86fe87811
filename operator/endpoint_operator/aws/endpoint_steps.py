"""Endpoints: created, updated, changed in place, tagged and deleted, each safe to repeat."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.endpoints import EndpointApi
from endpoint_operator.aws.errors import is_already_there, is_not_found, is_up_to_date
from endpoint_operator.aws.fleet import Fleet
from endpoint_operator.aws.inventory import Inventory
from endpoint_operator.aws.ownership import Ownership
from endpoint_operator.aws.parts import PartApi
from endpoint_operator.aws.steps import Doer, Pass, StepRefused
from endpoint_operator.aws.tags import TagApi
from endpoint_operator.planning.facts import LiveStatus
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.steps import (
    CreateEndpoint,
    DeleteEndpoint,
    SyncTags,
    UpdateEndpoint,
    UpdateEndpointWeightsAndCapacities,
)


@dataclass(frozen=True, kw_only=True)
class EndpointSteps:
    endpoints: EndpointApi
    parts: PartApi
    tags: TagApi
    fleet: Fleet
    ownership: Ownership
    inventory: Inventory

    def doers(self) -> Mapping[type, Doer]:
        return {
            CreateEndpoint: self._create,
            UpdateEndpoint: self._update,
            UpdateEndpointWeightsAndCapacities: self._change,
            SyncTags: self._sync_tags,
            DeleteEndpoint: self._delete,
        }

    @contextmanager
    def _changes(self, name: str, awaited: LiveStatus) -> Iterator[None]:
        """What lists will show is waited for, unless AWS says that it did nothing."""
        self.fleet.wrote(name, awaited=awaited)
        try:
            yield
        except CallFailed as error:
            if 400 <= error.status < 500:
                self.fleet.refused(name)
            raise
        self.fleet.taken(name)

    async def _create(self, step: CreateEndpoint, current: Pass) -> str:
        with self._changes(step.name, LiveStatus.CREATING):
            return await self._create_or_find(step, current)

    async def _create_or_find(self, step: CreateEndpoint, current: Pass) -> str:
        try:
            return await self.endpoints.create(step)
        except CallFailed as error:
            if not is_already_there(error):
                raise
            arn = await self.parts.arn("endpoint", step.name)
            foreign = current.why_foreign(await self.tags.of(arn), what=f"the endpoint {step.name}")
            if foreign is not None:  # the next pass looks at it, and knows whether it may be adopted
                raise StepRefused(Fault(blame=Blame.BUSY, reason="EndpointExists", message=foreign.message)) from error
            # Made by a process that died; the spec's tags may have been edited since.
            await self.tags.put_in_step(arn, step.tags)
            return arn

    async def _update(self, step: UpdateEndpoint, _: Pass) -> None:
        """Update, or find it done by a process that died before it heard so."""
        with self._changes(step.name, LiveStatus.UPDATING):
            try:
                await self.endpoints.update(step)
            except CallFailed as error:
                if not is_up_to_date(error):
                    raise

    async def _change(self, step: UpdateEndpointWeightsAndCapacities, _: Pass) -> None:
        with self._changes(step.name, LiveStatus.UPDATING):
            await self.endpoints.change_weights_or_capacity(step)

    async def _sync_tags(self, step: SyncTags, current: Pass) -> None:
        await self.tags.put_in_step(step.arn, step.tags)
        self.ownership.forget(step.arn)
        self.inventory.forget(current.endpoint)

    async def _delete(self, step: DeleteEndpoint, _: Pass) -> None:
        """Look once more: what is deleted is the endpoint that was meant, not one made since under its name."""
        began = time.monotonic()
        live = await self.endpoints.describe(step.name)
        if live is None:
            # Gone since the pass looked, perhaps by our own deletion: the lists must wake the object once more.
            self.fleet.wrote(step.name, awaited=LiveStatus.DELETING)
            return
        self.fleet.looked(step.name, live, began=began)
        if live.created != step.created:
            message = f"the endpoint {step.name} was made again by somebody else since it was looked at"
            raise StepRefused(Fault(blame=Blame.BUSY, reason="EndpointChanged", message=message))
        with self._changes(step.name, LiveStatus.DELETING):
            try:
                await self.endpoints.delete(step.name)
            except CallFailed as error:
                if not is_not_found(error):
                    raise
