"""A fleet that serves: it routes a request to a variant's containers and ends them together."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from sagemaker_simulator.hosting.container_line import ContainerLine
from sagemaker_simulator.hosting.contract import Answer, AnswerStream, Invocation
from sagemaker_simulator.hosting.file_exchange import FileAnswer, FileInvocation
from sagemaker_simulator.multi_model.multi_model_container import MultiModelContainer


class ProcessFleet:
    """The containers of every variant of one endpoint config."""

    def __init__(
        self, variants: Mapping[str, ContainerLine], *, when_stopped: Callable[["ProcessFleet"], None]
    ) -> None:
        self._variants = variants
        self._when_stopped = when_stopped

    async def invoke(self, variant: str, invocation: Invocation) -> Answer:
        """See `Fleet.invoke`; raises KeyError for a variant or a container that the fleet does not have."""
        return await self._variants[variant].invoke(invocation)

    async def stream(self, variant: str, invocation: Invocation) -> AnswerStream:
        """See `Fleet.stream`; raises KeyError for a variant or a container that the fleet does not have."""
        return await self._variants[variant].stream(invocation)

    async def exchange(self, variant: str, invocation: FileInvocation) -> FileAnswer:
        """See `Fleet.exchange`; raises KeyError for a variant that the fleet does not have."""
        return await self._variants[variant].exchange(invocation)

    def direct_containers(self, variant: str) -> Sequence[str]:
        """See `Fleet.direct_containers`."""
        line = self._variants[variant]
        return [container.name for container in line.containers] if line.direct else []

    def is_pipeline(self, variant: str) -> bool:
        """See `Fleet.is_pipeline`."""
        return self._variants[variant].is_pipeline

    def has_many_models(self, variant: str) -> bool:
        """See `Fleet.has_many_models`."""
        return any(isinstance(each, MultiModelContainer) for each in self._variants[variant].containers)

    def loaded_models(self, variant: str, *, instances: int) -> Sequence[int]:
        """Return how many models each instance of a multi-model variant has in memory; nothing for other variants."""
        line = self._variants.get(variant)
        many = (each for each in (line.containers if line is not None else ()) if isinstance(each, MultiModelContainer))
        return next((each.loaded_models(instances) for each in many), [])

    def direct_process_groups(self, variant: str) -> Mapping[str, int]:
        """Return the process group of each container that is invoked directly, by its name."""
        line = self._variants.get(variant)
        containers = line.containers if line is not None and line.direct else ()
        return {each.name: each.process_group for each in containers if each.process_group is not None}

    def process_groups(self, variant: str) -> Sequence[int]:
        """Return the process groups of the variant's containers; null images have none."""
        line = self._variants.get(variant)
        containers = line.containers if line is not None else ()
        return [container.process_group for container in containers if container.process_group is not None]

    async def stop(self) -> None:
        """End all containers side by side; returns when none is left. Safe to call twice."""
        await asyncio.gather(*(container.stop() for line in self._variants.values() for container in line.containers))
        self._when_stopped(self)
