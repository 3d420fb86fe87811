"""Models and endpoint configs: made, or found already there and ours; deleted where they are ours."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.error_faults import fault_of
from endpoint_operator.aws.errors import is_already_there, is_not_found
from endpoint_operator.aws.inventory import Inventory
from endpoint_operator.aws.parts import PartApi
from endpoint_operator.aws.steps import Doer, Pass, StepRefused
from endpoint_operator.engine.ports import InputRefused, InputValues
from endpoint_operator.planning.inputs.requests import inputs_in, told_without, values_put
from endpoint_operator.planning.steps import CreateEndpointConfig, CreateModel, DeleteEndpointConfig, DeleteModel

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class PartSteps:
    parts: PartApi
    inventory: Inventory
    values: InputValues

    def doers(self) -> Mapping[type, Doer]:
        return {
            CreateModel: self._create_model,
            CreateEndpointConfig: self._create_config,
            DeleteEndpointConfig: self._delete_config,
            DeleteModel: self._delete_model,
        }

    async def _create_model(self, step: CreateModel, current: Pass) -> None:
        if not inputs_in(step.request):
            await self._create(step, current, kind="model")
        elif not await self._is_there(step.name, current):
            await self._create_with_values(step, current)

    async def _is_there(self, name: str, current: Pass) -> bool:
        """Whether the model is there and ours: then its values are in it, and may be gone from the cluster."""
        try:
            tags = await self.parts.tags("model", name)
        except CallFailed as error:
            if not is_not_found(error):
                raise
            return False
        current.refuse_foreign(tags, what=f"the model {name}")
        return True

    async def _create_with_values(self, step: CreateModel, current: Pass) -> None:
        """Nothing that AWS answers is passed on with a value in it: it goes to logs, Events and status."""
        try:
            request = await self.values.fill(current.endpoint, step.request)
        except InputRefused as refused:
            raise StepRefused(refused.fault) from refused
        try:
            await self._create(replace(step, request=request), current, kind="model")
        except CallFailed as error:
            raise StepRefused(told_without(fault_of(error), values_put(step.request, request))) from None

    async def _create_config(self, step: CreateEndpointConfig, current: Pass) -> None:
        await self._create(step, current, kind="endpoint-config")

    async def _delete_config(self, step: DeleteEndpointConfig, current: Pass) -> None:
        await self._delete(step.name, current, kind="endpoint-config")

    async def _delete_model(self, step: DeleteModel, current: Pass) -> None:
        await self._delete(step.name, current, kind="model")

    async def _create(self, step: CreateModel | CreateEndpointConfig, current: Pass, *, kind: str) -> None:
        """The name is its content: one that is there and ours is the same."""
        try:
            await self.parts.create(kind, step.request)
        except CallFailed as error:
            if not is_already_there(error):
                raise
            current.refuse_foreign(await self.parts.tags(kind, step.name), what=f"the {kind} {step.name}")
        finally:
            self.inventory.forget(current.endpoint)

    async def _delete(self, name: str, current: Pass, *, kind: str) -> None:
        """Delete what is there and carries our tags; what is gone is as it should be."""
        try:
            foreign = current.why_foreign(await self.parts.tags(kind, name), what=f"the {kind} {name}")
            if foreign is not None:
                log.warning("%s; it is left alone", foreign.message, extra={"object": current.endpoint.object_name})
                return
            await self.parts.delete(kind, name)
        except CallFailed as error:
            if not is_not_found(error):
                raise
        finally:
            self.inventory.forget(current.endpoint)
