"""A container that is a local process: requests go to it over HTTP, its model lies in a folder."""

import asyncio
import io

import aiohttp

from sagemaker_simulator.hosting.answer_stream import ProcessAnswerStream
from sagemaker_simulator.hosting.connection_headers import CONNECTION_HEADERS, without_connection_headers
from sagemaker_simulator.hosting.contract import Answer, AnswerStream, ContainerGone, ContainerTimedOut, Invocation
from sagemaker_simulator.hosting.file_exchange import FileAnswer, FileInvocation, exchange
from sagemaker_simulator.hosting.limits import Limits
from sagemaker_simulator.hosting.model_folder import ModelFolder
from sagemaker_simulator.hosting.server_process import ServerProcess

_LARGE_BODY_BYTES = 1 << 20


class ProcessContainer:
    """A healthy server process and the folder that goes when it goes."""

    def __init__(
        self, server: ServerProcess, *, name: str, session: aiohttp.ClientSession, folder: ModelFolder, limits: Limits
    ) -> None:
        self.name = name
        self._server = server
        self._session = session
        self._folder = folder
        self._limits = limits

    @property
    def process_group(self) -> int | None:
        """The id of the server's process group."""
        return self._server.group

    async def invoke(self, invocation: Invocation) -> Answer:
        try:
            async with self._session.post(
                f"{self._server.url}/invocations",
                data=request_body(invocation.body),
                headers=request_headers(invocation),
                timeout=aiohttp.ClientTimeout(total=self._limits.invocation_seconds),
                allow_redirects=False,
            ) as answer:
                return await read_answer(answer, container=self.name)
        except TimeoutError as error:
            raise self._timed_out() from error
        except aiohttp.ClientError as error:
            raise self._gone(error) from error

    async def stream(self, invocation: Invocation) -> AnswerStream:
        begun = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self._limits.invocation_seconds):
                answer = await self._session.post(
                    f"{self._server.url}/invocations",
                    data=request_body(invocation.body),
                    headers=request_headers(invocation),
                    timeout=aiohttp.ClientTimeout(total=None),
                    allow_redirects=False,
                )
        except TimeoutError as error:
            raise self._timed_out() from error
        except aiohttp.ClientError as error:
            raise self._gone(error) from error
        return ProcessAnswerStream(
            answer,
            container=self.name,
            begin_until=begun + self._limits.invocation_seconds,
            until=begun + self._limits.stream_seconds,
        )

    async def exchange(self, invocation: FileInvocation) -> FileAnswer:
        try:
            return await exchange(self._session, self._server.url, invocation)
        except TimeoutError as error:
            raise ContainerTimedOut(f"no answer within {invocation.seconds:g} s", container=self.name) from error
        except aiohttp.ClientError as error:
            raise self._gone(error) from error

    async def stop(self) -> None:
        await self._server.stop(grace_seconds=self._limits.stop_grace_seconds)
        self._folder.remove()

    async def kill(self) -> None:
        await self._server.kill()
        self._folder.remove()

    def _timed_out(self) -> ContainerTimedOut:
        return ContainerTimedOut(f"no answer within {self._limits.invocation_seconds:g} s", container=self.name)

    def _gone(self, why: Exception) -> ContainerGone:
        return ContainerGone(f"the container gave no answer: {why}", container=self.name)


async def read_answer(answer: aiohttp.ClientResponse, *, container: str) -> Answer:
    """Return the whole answer of the container of that name. Raises TimeoutError, aiohttp.ClientError."""
    return Answer(
        status=answer.status,
        body=await answer.read(),
        content_type=answer.headers.get("Content-Type", ""),
        headers=without_connection_headers(answer.headers),
        container=container,
    )


def request_body(body: bytes) -> bytes | io.BytesIO:
    """A large body goes out in pieces, between which other requests get their turn."""
    return body if len(body) <= _LARGE_BODY_BYTES else io.BytesIO(body)


def request_headers(invocation: Invocation) -> dict[str, str]:
    """Return what SageMaker passes through, and the types of both bodies."""
    named = {"Content-Type": invocation.content_type}
    if invocation.accept is not None:
        named["Accept"] = invocation.accept
    taken = CONNECTION_HEADERS | {name.lower() for name in named}
    return {name: value for name, value in invocation.headers.items() if name.lower() not in taken} | named
