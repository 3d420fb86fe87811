"""Hosting that makes serverless fleets out of serverless variants, and leaves the others to hosting as it is.

AWS names no variable by which a container learns its memory; ours is SM_SERVERLESS_MEMORY_MB.
"""

import random
from dataclasses import replace

from sagemaker_simulator.cloudwatch.books import Books
from sagemaker_simulator.hosting.contract import ContainerToRun, Fleet, FleetToRun, Hosting
from sagemaker_simulator.sagemaker.estate import Estates

from .execution_metrics import ExecutionMetrics
from .serverless_config import ServerlessConfig
from .serverless_fleet import ServerlessFleet, Surroundings

MEMORY_VARIABLE = "SM_SERVERLESS_MEMORY_MB"
# Real seconds: an invocation of a serverless endpoint may take a minute.
PATIENCE_SECONDS = 60.0


class ServerlessHosting:
    """See `contract.Hosting`. A serverless fleet is started once and must pass its health check before it is given."""

    def __init__(
        self,
        hosting: Hosting,
        *,
        estates: Estates,
        books: Books,
        patience_seconds: float = PATIENCE_SECONDS,
        seed: int = 20170724,
    ) -> None:
        self._hosting = hosting
        self._estates = estates
        self._books = books
        self._patience_seconds = patience_seconds
        self._random = random.Random(seed)  # noqa: S311 - jitter that repeats from run to run, not a secret

    async def start(self, fleet: FleetToRun) -> Fleet:
        serverless = fleet.variants[0].serverless
        if serverless is None:
            return await self._hosting.start(fleet)
        told = _told_of_memory(fleet, serverless)
        first = await self._hosting.start(told)
        return ServerlessFleet(
            fleet,
            first,
            start=lambda: self._hosting.start(told),
            surroundings=Surroundings(
                clock=self._estates.clock,
                config=lambda: self._config(fleet, serverless),
                metrics=ExecutionMetrics(self._books, fleet=fleet),
                random=self._random,
                patience_seconds=self._patience_seconds,
            ),
        )

    async def close(self) -> None:
        await self._hosting.close()

    def _config(self, fleet: FleetToRun, initial: ServerlessConfig) -> ServerlessConfig:
        """Return what the endpoint's record says of the fleet now: it changes in place."""
        estate = self._estates.at(account=fleet.account, region=fleet.region)
        endpoint = estate.endpoints.get(fleet.endpoint_name)
        if endpoint is None or endpoint.config_name != fleet.config_name:
            return initial
        found = [each.current_serverless for each in endpoint.variants if each.name == fleet.variants[0].name]
        return next((config for config in found if config is not None), initial)


def _told_of_memory(fleet: FleetToRun, config: ServerlessConfig) -> FleetToRun:
    """Return the fleet with its memory in the environment of every container."""
    memory = {MEMORY_VARIABLE: str(config.memory_mb)}

    def told(container: ContainerToRun) -> ContainerToRun:
        return replace(container, environment={**memory, **container.environment})

    variants = [replace(each, containers=[told(container) for container in each.containers]) for each in fleet.variants]
    return replace(fleet, variants=variants)
