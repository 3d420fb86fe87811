"""Answers that are handed on while they arrive: from a server process, or one that is there already."""

import asyncio
from collections.abc import Mapping

import aiohttp

from sagemaker_simulator.hosting.connection_headers import without_connection_headers
from sagemaker_simulator.hosting.contract import Answer, ContainerGone, ContainerTimedOut


class ProcessAnswerStream:
    """The answer of the server process of `container`.

    By the event loop's clock its first part must come until `begin_until`, its last until `until`.
    """

    def __init__(self, answer: aiohttp.ClientResponse, *, container: str, begin_until: float, until: float) -> None:
        self._answer = answer
        self._begin_until: float | None = begin_until
        self._until = until
        self.container = container
        self.status = answer.status
        self.content_type = answer.headers.get("Content-Type", "")
        self.headers: Mapping[str, str] = without_connection_headers(answer.headers)

    async def next_chunk(self) -> bytes:
        try:
            async with asyncio.timeout_at(self._until if self._begin_until is None else self._begin_until):
                chunk = await self._answer.content.readany()
        except TimeoutError as error:
            self._answer.close()
            raise ContainerTimedOut("the answer did not end in time", container=self.container) from error
        except aiohttp.ClientError as error:
            raise ContainerGone(f"the container broke its answer off: {error}", container=self.container) from error
        self._begin_until = None
        return chunk

    async def close(self) -> None:
        """An answer that is not at its end cannot leave its connection to another: the connection goes with it."""
        self._answer.close()


class WholeAnswer:
    """An answer that arrived at once."""

    def __init__(self, answer: Answer) -> None:
        self.container = answer.container
        self.status = answer.status
        self.content_type = answer.content_type
        self.headers = answer.headers
        self._rest = answer.body

    async def next_chunk(self) -> bytes:
        chunk, self._rest = self._rest, b""
        return chunk

    async def close(self) -> None:
        self._rest = b""
