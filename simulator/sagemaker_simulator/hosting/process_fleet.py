"""A fleet that serves: it routes a request to a variant's containers and ends them together."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sagemaker_simulator.hosting.container import Container
from sagemaker_simulator.hosting.contract import Answer, Invocation
from sagemaker_simulator.hosting.process_container import ProcessContainer


class ProcessFleet:
    """The containers of every variant of one endpoint config."""

    def __init__(
        self, variants: Mapping[str, Sequence[Container]], *, when_stopped: Callable[["ProcessFleet"], None]
    ) -> None:
        self._variants = variants
        self._when_stopped = when_stopped

    async def invoke(self, variant: str, invocation: Invocation) -> Answer:
        """Send one request through the variant's containers, each taking what the one before it answered.

        Raises KeyError for a variant that the fleet does not have, ContainerTimedOut, or ConnectionError when a server
        process is gone. A container that answers with an error ends the line: its answer is the answer. (SageMaker
        Developer Guide, "Real-time Inference with an Inference Pipeline".)
        """
        *before, last = self._variants[variant]
        for container in before:
            answer = await container.invoke(replace(invocation, accept=None))
            if answer.status >= 400:
                return answer
            invocation = replace(invocation, body=answer.body, content_type=answer.content_type)
        return await last.invoke(invocation)

    def process_groups(self, variant: str) -> Sequence[int]:
        """Return the process groups of the variant's containers; null images have none."""
        containers = self._variants.get(variant, ())
        return [container.process_group for container in containers if isinstance(container, ProcessContainer)]

    async def stop(self) -> None:
        """End all containers side by side; returns when none is left. Safe to call twice."""
        await asyncio.gather(*(container.stop() for containers in self._variants.values() for container in containers))
        self._when_stopped(self)
