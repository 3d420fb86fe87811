"""The AWS room from outside: its parts wired together."""

import asyncio
from collections.abc import Callable, Iterable

from endpoint_operator.aws.alarm_steps import AlarmSteps
from endpoint_operator.aws.alarms import AlarmApi
from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.container_logs import ContainerLogs
from endpoint_operator.aws.endpoint_steps import EndpointSteps
from endpoint_operator.aws.endpoints import EndpointApi
from endpoint_operator.aws.executor import AwsExecutor
from endpoint_operator.aws.fleet import Fleet
from endpoint_operator.aws.fleet_watcher import FleetWatcher
from endpoint_operator.aws.health import AwsHealth
from endpoint_operator.aws.identity import Identity
from endpoint_operator.aws.inventory import Inventory
from endpoint_operator.aws.models.copy import CopyLimits
from endpoint_operator.aws.models.room import ModelRoom
from endpoint_operator.aws.observer import AwsObserver
from endpoint_operator.aws.ownership import Ownership
from endpoint_operator.aws.part_steps import PartSteps
from endpoint_operator.aws.parts import PartApi
from endpoint_operator.aws.periods import WatchPeriods
from endpoint_operator.aws.preflight import Preflight
from endpoint_operator.aws.prices import Prices
from endpoint_operator.aws.scaling.calls import ScalingApi
from endpoint_operator.aws.scaling.inventory import ScalingInventory
from endpoint_operator.aws.scaling.observer import ScalingObserver
from endpoint_operator.aws.scaling.steps import ScalingSteps
from endpoint_operator.aws.scaling.troubles import ScalingTroubles
from endpoint_operator.aws.session import Clients
from endpoint_operator.aws.tags import TagApi
from endpoint_operator.aws.wake_up_alarms import WakeUpAlarms
from endpoint_operator.engine.ports import InputValues
from endpoint_operator.planning.faults import Fault


class AwsRoom:
    """Everything of one account and region.

    Raises RegionMissing when no region is configured.
    """

    def __init__(
        self,
        *,
        region: str | None,
        assume_role_arn: str | None = None,
        periods: WatchPeriods,
        cluster_id: str,
        consistency_window: float,
        prices: Prices,
        values: InputValues,
        may_write: Callable[[], None],
        takes_over: bool = True,
        copy_limits: CopyLimits | None = None,
    ) -> None:
        self.cluster_id = cluster_id
        self._clients = Clients(region=region, assume_role_arn=assume_role_arn)
        self._periods = periods
        self._health = AwsHealth()
        self.fleet = Fleet(consistency_window=consistency_window)
        self._calls = Calls(clients=self._clients, health=self._health, may_write=may_write)
        self._endpoints = EndpointApi(self._calls)
        self.identity = identity = Identity(self._calls)
        tags = TagApi(self._calls)
        parts = PartApi(calls=self._calls, tags=tags, identity=identity)
        self._inventory = Inventory(self._calls, cluster_id=cluster_id)
        alarms = AlarmApi(self._calls)
        wake_up_alarms = WakeUpAlarms(alarms)
        scaling = ScalingApi(self._calls, alarms=wake_up_alarms)
        self._scaling = ScalingInventory(scaling)
        troubles = ScalingTroubles()
        ownership = Ownership(tags)
        self.observer = AwsObserver(
            endpoints=self._endpoints,
            fleet=self.fleet,
            identity=identity,
            ownership=ownership,
            preflight=Preflight(self._calls),
            logs=ContainerLogs(self._calls),
            inventory=self._inventory,
            consistency_window=consistency_window,
            takes_over=takes_over,
            rollout_look=periods.rollout_look,
            prices=prices,
            scaling=ScalingObserver(inventory=self._scaling, troubles=troubles),
        )
        self.executor = AwsExecutor(
            EndpointSteps(
                endpoints=self._endpoints,
                parts=parts,
                tags=tags,
                fleet=self.fleet,
                ownership=ownership,
                inventory=self._inventory,
            ).doers(),
            PartSteps(parts=parts, inventory=self._inventory, values=values).doers(),
            AlarmSteps(alarms=alarms).doers(),
            ScalingSteps(
                api=scaling,
                alarms=wake_up_alarms,
                inventory=self._scaling,
                fleet=self.fleet,
                troubles=troubles,
            ).doers(),
        )

        self.models = ModelRoom(
            clients=self._clients,
            calls=self._calls,
            may_write=may_write,
            cluster_id=cluster_id,
            copy_limits=copy_limits,
        )

    @property
    def region(self) -> str:
        return self._clients.region

    def runtime_url(self) -> str:
        """Where the region's endpoints are invoked."""
        return self._clients.runtime_url()

    def trouble(self) -> Fault | None:
        """Why AWS cannot be worked with; None while it can."""
        return self._health.fault

    async def watch(
        self,
        *,
        wake: Callable[[Iterable[str]], None],
        wake_all: Callable[[], None],
        objects: Callable[[], set[str]],
        begun: asyncio.Event,
    ) -> None:
        """Watch the fleet until cancelled; `begun` is set after the first sweep, whether AWS answered or not."""
        watcher = FleetWatcher(
            endpoints=self._endpoints,
            fleet=self.fleet,
            periods=self._periods,
            wake=wake,
            wake_all=wake_all,
            begun=begun,
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(watcher.run())
            group.create_task(self._inventory.run(period=self._periods.inventory, wake=wake, known=objects))
            group.create_task(self._scaling.run(period=self._periods.inventory, wake=wake, known=objects))

    def close(self) -> None:
        self.models.close()
        self._calls.close()
