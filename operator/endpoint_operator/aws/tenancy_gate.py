"""The door in front of every account and region: who may not go through it is told so before AWS is asked anything."""

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.rooms import AwsRooms
from endpoint_operator.engine.tenancy_now import TenancyNow
from endpoint_operator.planning.facts import Facts, OperatorInputs
from endpoint_operator.planning.recorded import recorded_endpoint
from endpoint_operator.planning.tenancy.refusals import fault_in_looking

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class TenancyGate:
    """Implements the port Observer, and gives passes what they take from the operator."""

    rooms: AwsRooms
    tenancy: TenancyNow

    async def learn_account(self) -> None:
        """Ask AWS whose the operator's own credentials are, where that is not known yet. Without an answer it is asked
        again at the next pass that needs it."""
        if self.tenancy.get().account is not None:
            return
        try:
            self.tenancy.put_account(await self.rooms.own_account())
        except CallFailed as error:
            log.info("the operator's own account is not known yet: %s", error)

    def inputs_of(self, endpoint: InferenceEndpoint) -> OperatorInputs:
        """Of the object's own region and account only where it may be there."""
        tenancy = self.tenancy.get()
        refused = fault_in_looking(endpoint, tenancy)
        inputs = self.rooms.inputs_of(endpoint) if refused is None else self.rooms.own_inputs()
        return replace(inputs, tenancy=tenancy)

    async def observe(self, endpoint: InferenceEndpoint, inputs: OperatorInputs) -> Facts:
        refused = fault_in_looking(endpoint, inputs.tenancy)
        if refused is None:
            return await self.rooms.observe(endpoint, inputs)
        await self.learn_account()
        return Facts(live=recorded_endpoint(endpoint.status), aws_fault=refused, now=datetime.now(UTC))
