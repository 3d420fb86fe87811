"""A container that is a local process: requests go to it over HTTP, its model lies in a folder."""

import io

import aiohttp

from sagemaker_simulator.hosting.contract import Answer, ContainerTimedOut, Invocation
from sagemaker_simulator.hosting.limits import Limits
from sagemaker_simulator.hosting.model_folder import ModelFolder
from sagemaker_simulator.hosting.server_process import ServerProcess

# They describe one connection and not the request (RFC 9110, 7.6.1).
_HOP_HEADERS = frozenset({"connection", "content-length", "host", "keep-alive", "transfer-encoding", "upgrade"})

_LARGE_BODY_BYTES = 1 << 20


class ProcessContainer:
    """A healthy server process and the folder that goes when it goes."""

    def __init__(
        self, server: ServerProcess, *, session: aiohttp.ClientSession, folder: ModelFolder, limits: Limits
    ) -> None:
        self._server = server
        self._session = session
        self._folder = folder
        self._limits = limits

    @property
    def process_group(self) -> int:
        """The id of the server's process group."""
        return self._server.group

    async def invoke(self, invocation: Invocation) -> Answer:
        try:
            async with self._session.post(
                f"{self._server.url}/invocations",
                data=_request_body(invocation.body),
                headers=_request_headers(invocation),
                timeout=aiohttp.ClientTimeout(total=self._limits.invocation_seconds),
                allow_redirects=False,
            ) as answer:
                return await _read(answer)
        except TimeoutError as error:
            raise ContainerTimedOut(f"no answer within {self._limits.invocation_seconds:g} s") from error
        except aiohttp.ClientError as error:
            raise ConnectionError(f"the container gave no answer: {error}") from error

    async def stop(self) -> None:
        await self._server.stop(grace_seconds=self._limits.stop_grace_seconds)
        self._folder.remove()

    async def kill(self) -> None:
        await self._server.kill()
        self._folder.remove()


def _request_body(body: bytes) -> bytes | io.BytesIO:
    """A large body goes out in pieces, between which other requests get their turn."""
    return body if len(body) <= _LARGE_BODY_BYTES else io.BytesIO(body)


def _request_headers(invocation: Invocation) -> dict[str, str]:
    named = {"Content-Type": invocation.content_type}
    if invocation.accept is not None:
        named["Accept"] = invocation.accept
    taken = _HOP_HEADERS | {name.lower() for name in named}
    return {name: value for name, value in invocation.headers.items() if name.lower() not in taken} | named


async def _read(answer: aiohttp.ClientResponse) -> Answer:
    return Answer(
        status=answer.status,
        body=await answer.read(),
        content_type=answer.headers.get("Content-Type", ""),
        headers={name: value for name, value in answer.headers.items() if name.lower() not in _HOP_HEADERS},
    )
