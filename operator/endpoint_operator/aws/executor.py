"""Carrying a plan out: its steps in order, each safe to repeat, up to the first that fails."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.aws.alarms import AlarmApi
from endpoint_operator.aws.endpoints import EndpointApi
from endpoint_operator.aws.errors import CallFailed, fault_of, is_already_there, is_not_found, is_up_to_date
from endpoint_operator.aws.fleet import Fleet
from endpoint_operator.aws.inventory import Inventory
from endpoint_operator.aws.ownership import Ownership
from endpoint_operator.aws.parts import PartApi
from endpoint_operator.aws.tags import TagApi, why_foreign
from endpoint_operator.planning.facts import LiveStatus, OperatorInputs
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.steps import (
    CreateEndpoint,
    CreateEndpointConfig,
    CreateModel,
    DeleteAlarm,
    DeleteEndpoint,
    DeleteEndpointConfig,
    DeleteModel,
    PutMetricAlarm,
    Step,
    SyncTags,
    UpdateEndpoint,
    UpdateEndpointWeightsAndCapacities,
)

log = logging.getLogger(__name__)


class StepRefused(Exception):
    """A step that must not be done, with the fault that says why."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.message)


@dataclass(frozen=True, kw_only=True)
class Pass:
    """For whom steps are carried out."""

    endpoint: InferenceEndpoint
    inputs: OperatorInputs


@dataclass(frozen=True, kw_only=True)
class AwsExecutor:
    """The only place that changes anything in AWS."""

    endpoints: EndpointApi
    parts: PartApi
    alarms: AlarmApi
    ownership: Ownership
    tags: TagApi
    fleet: Fleet
    inventory: Inventory

    async def carry_out(self, endpoint: InferenceEndpoint, steps: Sequence[Step], inputs: OperatorInputs) -> Outcome:
        done: list[Step] = []
        arn: str | None = None
        current = Pass(endpoint=endpoint, inputs=inputs)
        for step in steps:
            try:
                arn = await self._do(step, current) or arn
            except StepRefused as refused:
                return Outcome(done=tuple(done), fault=refused.fault, endpoint_arn=arn)
            except CallFailed as error:
                log.info("%s", error, extra={"object": endpoint.object_name})
                return Outcome(done=tuple(done), fault=fault_of(error), endpoint_arn=arn)
            done.append(step)
        return Outcome(done=tuple(done), endpoint_arn=arn)

    async def _do(self, step: Step, current: Pass) -> str | None:
        match step:
            case CreateModel():
                await self._create_part(step, current, kind="model")
            case CreateEndpointConfig():
                await self._create_part(step, current, kind="endpoint-config")
            case CreateEndpoint():
                return await self._create_endpoint(step, current)
            case UpdateEndpoint():
                await self._update_endpoint(step)
            case UpdateEndpointWeightsAndCapacities():
                self.fleet.wrote(step.name, awaited=LiveStatus.UPDATING)
                await self.endpoints.change_weights_or_counts(step)
            case SyncTags():
                await self.tags.put_in_step(step.arn, step.tags)
                self.ownership.forget(step.arn)
                self.inventory.forget(current.endpoint)
            case DeleteEndpoint():
                await self._delete_endpoint(step)
            case DeleteEndpointConfig():
                await self._delete_part(step.name, current, kind="endpoint-config")
            case DeleteModel():
                await self._delete_part(step.name, current, kind="model")
            case PutMetricAlarm():
                await self._put_alarm(step, current)
            case DeleteAlarm():
                await self._delete_alarm(step, current)
        return None

    async def _create_part(self, step: CreateModel | CreateEndpointConfig, current: Pass, *, kind: str) -> None:
        """Create, or find it already there and ours: the name is its content, so it is the same."""
        try:
            await self.parts.create(kind, step.request)
        except CallFailed as error:
            if not is_already_there(error):
                raise
            tags = await self.parts.tags(kind, step.name)
            reason = why_foreign(tags, what=f"the {kind} {step.name}", endpoint=current.endpoint, inputs=current.inputs)
            if reason is not None:
                raise StepRefused(_name_taken(reason.message)) from error

    async def _put_alarm(self, step: PutMetricAlarm, current: Pass) -> None:
        """Putting an alarm overwrites one of that name: whose it is, is looked at first."""
        there = await self.alarms.find(step.name)
        if there is None:
            await self.alarms.put(step.request)
            return
        tags = await self.alarms.tags(there)
        reason = why_foreign(tags, what=f"the alarm {step.name}", endpoint=current.endpoint, inputs=current.inputs)
        if reason is not None:
            raise StepRefused(_name_taken(reason.message))

    async def _delete_alarm(self, step: DeleteAlarm, current: Pass) -> None:
        there = await self.alarms.find(step.name)
        if there is None:
            return
        tags = await self.alarms.tags(there)
        reason = why_foreign(tags, what=f"the alarm {step.name}", endpoint=current.endpoint, inputs=current.inputs)
        if reason is not None:
            log.warning("%s; it is left alone", reason.message, extra={"object": current.endpoint.object_name})
            return
        await self.alarms.delete(step.name)

    async def _create_endpoint(self, step: CreateEndpoint, current: Pass) -> str:
        self.fleet.wrote(step.name, awaited=LiveStatus.CREATING)
        try:
            return await self.endpoints.create(step)
        except CallFailed as error:
            if not is_already_there(error):
                raise
            arn = await self.parts.arn("endpoint", step.name)
            tags = await self.tags.of(arn)
            reason = why_foreign(
                tags, what=f"the endpoint {step.name}", endpoint=current.endpoint, inputs=current.inputs
            )
            if reason is not None:
                raise StepRefused(_name_taken(reason.message)) from error
            # Made by a process that died; the spec's tags may have been edited since.
            await self.tags.put_in_step(arn, step.tags)
            return arn

    async def _update_endpoint(self, step: UpdateEndpoint) -> None:
        """Update, or find it done by a process that died before it heard so."""
        self.fleet.wrote(step.name, awaited=LiveStatus.UPDATING)
        try:
            await self.endpoints.update(step)
        except CallFailed as error:
            if not is_up_to_date(error):
                raise

    async def _delete_endpoint(self, step: DeleteEndpoint) -> None:
        """Look once more: what is deleted is the endpoint that was meant, not one made since under its name."""
        live = await self.endpoints.describe(step.name)
        if live is None:
            # Gone since the pass looked, perhaps by our own deletion: the lists must wake the object once more.
            self.fleet.wrote(step.name, awaited=LiveStatus.DELETING)
            return
        self.fleet.looked(step.name, live)
        if live.created != step.created:
            message = f"the endpoint {step.name} was made again by somebody else since it was looked at"
            raise StepRefused(Fault(blame=Blame.BUSY, reason="EndpointChanged", message=message))
        self.fleet.wrote(step.name, awaited=LiveStatus.DELETING)
        try:
            await self.endpoints.delete(step.name)
        except CallFailed as error:
            if not is_not_found(error):
                raise

    async def _delete_part(self, name: str, current: Pass, *, kind: str) -> None:
        """Delete what is there and carries our tags; what is gone is as it should be."""
        try:
            tags = await self.parts.tags(kind, name)
            reason = why_foreign(tags, what=f"the {kind} {name}", endpoint=current.endpoint, inputs=current.inputs)
            if reason is not None:
                log.warning("%s; it is left alone", reason.message, extra={"object": current.endpoint.object_name})
                return
            await self.parts.delete(kind, name)
        except CallFailed as error:
            if not is_not_found(error):
                raise
        finally:
            self.inventory.forget(current.endpoint)


def _name_taken(reason: str) -> Fault:
    message = f"spec.endpointName: {reason}; delete it or choose another name (a new object: the name never changes)"
    # Not the revision's failure: what has the name may be deleted any moment, and then the name is free.
    return Fault(blame=Blame.OPERATOR_SETUP, reason="NameTaken", message=message)
