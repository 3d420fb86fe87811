"""Observing: what a pass needs to know of AWS, from memory where that is enough."""

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.aws.call_failed import CallFailed
from endpoint_operator.aws.container_logs import ContainerLogs
from endpoint_operator.aws.endpoints import EndpointApi, Summary
from endpoint_operator.aws.error_faults import fault_of
from endpoint_operator.aws.errors import is_denied
from endpoint_operator.aws.fleet import Fleet, Word
from endpoint_operator.aws.identity import Identity
from endpoint_operator.aws.inventory import Inventory
from endpoint_operator.aws.ownership import Ownership
from endpoint_operator.aws.preflight import Preflight
from endpoint_operator.aws.prices import Prices
from endpoint_operator.aws.scaling.observer import ScalingObserver
from endpoint_operator.planning.billed import priced_by
from endpoint_operator.planning.cost import Price
from endpoint_operator.planning.decide import fault_in_spec, wants_look
from endpoint_operator.planning.desired import desired_state, endpoint_name_of
from endpoint_operator.planning.facts import Facts, LiveEndpoint, Looks, OperatorInputs
from endpoint_operator.planning.failed_container import failed_container
from endpoint_operator.planning.recorded import is_under_way, recorded_endpoint
from endpoint_operator.planning.transition import in_stages


@dataclass(frozen=True, kw_only=True)
class AwsObserver:
    """Asks AWS only what memory and status do not know."""

    endpoints: EndpointApi
    fleet: Fleet
    identity: Identity
    ownership: Ownership
    preflight: Preflight
    logs: ContainerLogs
    inventory: Inventory
    consistency_window: float
    """For how long reads may lag behind writes, in seconds."""
    takes_over: bool
    """Whether this process goes on with what one before it may have begun; False where it only looks."""
    rollout_look: float
    """How often a rollout in steps is looked at, in seconds."""
    prices: Prices
    scaling: ScalingObserver

    async def observe(self, endpoint: InferenceEndpoint, inputs: OperatorInputs) -> Facts:
        now = datetime.now(UTC)
        try:
            return await self._ask(endpoint, inputs, now)
        except CallFailed as error:
            known = self.identity.known
            return Facts(
                live=recorded_endpoint(endpoint.status),
                aws_fault=fault_of(error),
                account=known.account if known is not None else None,
                now=now,
            )

    async def _ask(self, endpoint: InferenceEndpoint, inputs: OperatorInputs, now: datetime) -> Facts:
        account = await self.identity.get()
        name = endpoint_name_of(endpoint)
        unsure = self.fleet.unsure_seconds(name, under_way=self.takes_over and is_under_way(endpoint))
        if unsure > 0:
            live = recorded_endpoint(endpoint.status)
            return Facts(live=live, account=account.account, unsure_seconds=unsure, now=now)
        asked = self.fleet.is_new_request(name, endpoint.reconcile_at)
        live = await self._live(endpoint, name)
        foreign = await self.ownership.why_foreign(endpoint, live, inputs) if live is not None else None
        if endpoint.being_deleted and live is None:
            await self._take_stock(endpoint)
        scaling, trouble = await self.scaling.look(endpoint, live, inputs)
        facts = Facts(
            live=live,
            foreign=foreign,
            account=account.account,
            missing_seconds=self.fleet.missing_seconds(name) if live is None else None,
            shows_before_write=live is not None and self.fleet.shows_before_write(name),
            asked=asked,
            tags_drifted=self._tags_drifted(endpoint, inputs),
            prices=self._prices(endpoint, live, inputs),
            scaling=scaling,
            scaling_trouble=trouble,
            missing_parts=self.inventory.missing_parts(endpoint),
            orphans=self.inventory.orphans(endpoint),
            consistency_window_seconds=self.consistency_window,
            rollout_look_seconds=self.rollout_look,
            now=now,
        )
        return await self._with_log(endpoint, await self._with_looks(endpoint, facts, inputs), inputs)

    def _prices(
        self, endpoint: InferenceEndpoint, live: LiveEndpoint | None, inputs: OperatorInputs
    ) -> dict[str, Price]:
        if endpoint.being_deleted:
            return {}
        types = {kind for row in endpoint.status.revisions for kind in row.instance_types.values()}
        if live is not None:
            types |= priced_by(live)
        return self.prices.known(region=inputs.region, instance_types=types)

    async def _live(self, endpoint: InferenceEndpoint, name: str) -> LiveEndpoint | None:
        word = self.fleet.word(name)
        if self.fleet.is_new_request(name, endpoint.reconcile_at):
            pass  # somebody asks for a look: memory is not enough
        elif isinstance(word, Summary):
            known = self.fleet.detail(name) or recorded_endpoint(endpoint.status)
            if known is not None and _agree(known, word) and not in_stages(endpoint, known):
                return known
        elif word is Word.ABSENT and endpoint.status.endpoint is None:
            return None
        began = time.monotonic()
        live = await self.endpoints.describe(name)
        self.fleet.looked(name, live, began=began)
        self.fleet.answered(name, endpoint.reconcile_at)
        return live

    async def _take_stock(self, endpoint: InferenceEndpoint) -> None:
        """What is left is in status too; where the tags may not be searched, that must do."""
        try:
            await self.inventory.take_stock_of(endpoint)
        except CallFailed as error:
            if not is_denied(error):
                raise

    def _tags_drifted(self, endpoint: InferenceEndpoint, inputs: OperatorInputs) -> bool:
        if endpoint.being_deleted or fault_in_spec(endpoint, inputs) is not None:
            return False
        desired = desired_state(endpoint, inputs)
        return desired is not None and self.inventory.tags_drifted(endpoint, wanted=desired.tags)

    async def _with_looks(self, endpoint: InferenceEndpoint, facts: Facts, inputs: OperatorInputs) -> Facts:
        desired = wants_look(endpoint, facts, inputs)
        if desired is None:
            return facts
        looks: Looks = await self.preflight.look(desired, await self.identity.get(), live=facts.live, anew=facts.asked)
        return facts.with_looks(looks)

    async def _with_log(self, endpoint: InferenceEndpoint, facts: Facts, inputs: OperatorInputs) -> Facts:
        container = failed_container(endpoint, facts, inputs)
        return facts if container is None else replace(facts, log_lines=await self.logs.last_lines(container))


def _agree(known: LiveEndpoint, summary: Summary) -> bool:
    return (known.status, known.created, known.modified) == (summary.status, summary.created, summary.modified)
