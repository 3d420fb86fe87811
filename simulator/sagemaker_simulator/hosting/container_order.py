"""One container of one fleet, with the names that SageMaker gives it in sentences and logs."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from sagemaker_simulator.hosting.contract import PRIMARY, ContainerToRun, FleetToRun, VariantToRun


@dataclass(frozen=True, kw_only=True)
class ContainerOrder:
    """What is to be started, and for whom. `position` counts from 1 in the order of the model's containers.

    `instance_id` is that of the instance on which SageMaker would run the variant's containers: one for all of them,
    another for every start of the fleet.
    """

    fleet: FleetToRun
    variant: VariantToRun
    container: ContainerToRun
    position: int
    instance_id: str

    @property
    def name(self) -> str:
        """As in 'Received server error (500) from container-2' and in the metrics' dimension ContainerName.

        The hostname of the only container counts for nothing (ContainerDefinition in the SageMaker API reference);
        one of several that has none is called by its position ("Inference Pipeline Logs and Metrics", SageMaker
        Developer Guide).
        """
        if len(self.variant.containers) == 1:
            return PRIMARY
        return self.container.hostname or f"container-{self.position}"

    @property
    def has_many_models(self) -> bool:
        """Whether the container loads its models one by one, as they are asked for."""
        return self.container.models_prefix is not None

    @property
    def spoken_name(self) -> str:
        """As in 'The primary container for production variant ...' and 'The container-2 for production variant ...'."""
        return f"{PRIMARY} container" if len(self.variant.containers) == 1 else self.name

    @property
    def download_name(self) -> str:
        """As in 'Failed to download model data for container "container_1"'."""
        return f"container_{self.position}"

    @property
    def log_path(self) -> PurePath:
        """One file for each start of the fleet: a server that ends may still write when the next one begins."""
        fleet = self.fleet
        file = f"{fleet.config_name}.{self.variant.name}.{self.instance_id}.{self.download_name}.log"
        return PurePath(fleet.account, fleet.region, fleet.endpoint_name, file)


def orders_of(fleet: FleetToRun) -> Iterator[ContainerOrder]:
    """Every container of every variant."""
    for variant in fleet.variants:
        instance_id = f"i-{secrets.token_hex(9)[:17]}"
        for position, container in enumerate(variant.containers, start=1):
            yield ContainerOrder(
                fleet=fleet, variant=variant, container=container, position=position, instance_id=instance_id
            )
