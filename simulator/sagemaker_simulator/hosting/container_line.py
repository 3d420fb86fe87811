"""The containers of one variant: a request goes through all of them in a row, or to the one that it names.

Source: "Inference pipelines in Amazon SageMaker AI" and "Invoke a multi-container endpoint with direct invocation",
SageMaker Developer Guide.
"""

import time
from collections.abc import Sequence
from dataclasses import replace

from sagemaker_simulator.hosting.container import Container
from sagemaker_simulator.hosting.contract import (
    Answer,
    AnswerStream,
    ContainerGone,
    ContainerTimedOut,
    Invocation,
    Leg,
)
from sagemaker_simulator.hosting.file_exchange import FileAnswer, FileInvocation


class ContainerLine:
    """The containers in the order of the model; `direct` as the model's InferenceExecutionConfig says."""

    def __init__(self, containers: Sequence[Container], *, direct: bool = False) -> None:
        self.containers = tuple(containers)
        self.direct = direct

    @property
    def is_pipeline(self) -> bool:
        """Whether a request goes through several containers."""
        return len(self.containers) > 1 and not self.direct

    async def invoke(self, invocation: Invocation) -> Answer:
        """Each container takes what the one before it answered; one that answers with an error ends the line.

        Raises ContainerTimedOut or ContainerGone with the legs until then, KeyError for a container that is not there.
        """
        asked = self._asked(invocation)
        legs: tuple[Leg, ...] = ()
        for container in asked[:-1]:
            # What the caller accepts is about the last answer; those between are whatever a container likes to say.
            answer = await _ask(container, replace(invocation, accept=None), legs)
            if answer.status >= 400:
                return answer
            legs = answer.legs
            invocation = replace(invocation, body=answer.body, content_type=answer.content_type)
        return await _ask(asked[-1], invocation, legs)

    async def stream(self, invocation: Invocation) -> AnswerStream:
        """Raises what `invoke` raises before there is an answer, ValueError for a pipeline."""
        if self.is_pipeline:
            raise ValueError("the answer of a pipeline is not streamed")
        [container] = self._asked(invocation)
        return await container.stream(invocation)

    async def exchange(self, invocation: FileInvocation) -> FileAnswer:
        """Raises what the container raises, ValueError where there are several."""
        if len(self.containers) > 1:
            raise ValueError("files are exchanged with one container only")
        return await self.containers[0].exchange(invocation)

    def _asked(self, invocation: Invocation) -> tuple[Container, ...]:
        if invocation.container is None:
            return self.containers
        by_name = {container.name: container for container in self.containers}
        return (by_name[invocation.container],)


async def _ask(container: Container, invocation: Invocation, before: tuple[Leg, ...]) -> Answer:
    begun = time.perf_counter()
    try:
        answer = await container.invoke(invocation)
    except (ContainerTimedOut, ContainerGone) as failed:
        failed.legs = (*before, Leg(container=container.name, status=None, seconds=time.perf_counter() - begun))
        raise
    leg = Leg(container=container.name, status=answer.status, seconds=time.perf_counter() - begun)
    return replace(answer, legs=(*before, leg))
