"""Many models with a script each: a process for every model, which is the server of one model on a socket of its own.

Scripts of two models may have modules of the same name, and one process could hold only one of them. AWS's containers
do the same (awslabs/multi-model-server: workers of a model are processes).
"""

import asyncio
import contextlib
import os
import tempfile
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import aiohttp
from aiohttp import web

from sagemaker_simulator.servers.many_models import CannotLoadError

SOCKET_VARIABLE: Final = "SM_BIND_TO_SOCKET"  # ours: a path in place of the port
_PAUSE_SECONDS: Final = 0.05
_END_SECONDS: Final = 10.0
_LINES_TOLD: Final = 5
_LONGEST_LINE: Final = 1 << 24  # bytes; a longer one ends the following
_PASSED: Final = ("Content-Type", "Accept")


class ScriptProcess:
    """The server of one model."""

    def __init__(self, process: asyncio.subprocess.Process, *, folder: "tempfile.TemporaryDirectory[str]") -> None:
        self._process = process
        self._folder = folder
        self._last_lines: deque[str] = deque(maxlen=_LINES_TOLD)
        self._following = asyncio.create_task(self._follow_output())
        self._session = aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(_socket(folder.name), limit=0), auto_decompress=False
        )

    async def is_healthy(self) -> bool:
        try:
            async with self._session.get("http://model/ping") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def answer(self, request: web.Request) -> web.Response:
        headers = {name: request.headers[name] for name in _PASSED if name in request.headers}
        body = await request.read()
        try:
            async with self._session.post("http://model/invocations", data=body, headers=headers) as answer:
                kind = answer.headers.get("Content-Type", "")
                return web.Response(status=answer.status, body=await answer.read(), headers={"Content-Type": kind})
        except aiohttp.ClientError as error:
            return web.Response(status=500, text=f"the model's process gave no answer: {error}")

    async def unload(self) -> None:
        await self._session.close()
        if self._process.returncode is None:
            self._process.terminate()
        try:
            async with asyncio.timeout(_END_SECONDS):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        self._following.cancel()  # what the script started may still hold the other end
        self._folder.cleanup()

    @property
    def has_ended(self) -> bool:
        return self._process.returncode is not None

    async def last_words(self) -> str:
        """Return the end of what a process that has ended printed."""
        await asyncio.wait([self._following], timeout=_END_SECONDS)
        return "\n".join(self._last_lines)

    async def _follow_output(self) -> None:
        """Print what the process prints, for the log of the container."""
        output = self._process.stdout
        while output is not None and (line := await output.readline()):
            self._last_lines.append(line.decode(errors="replace").rstrip())
            print(self._last_lines[-1], flush=True)


async def start_script(command: Sequence[str], model: Path) -> ScriptProcess:
    """Start the server of one model and wait until it is healthy. Raises CannotLoadError when it ends instead."""
    folder = tempfile.TemporaryDirectory(prefix="model-", ignore_cleanup_errors=True)
    process = await asyncio.create_subprocess_exec(
        *command,
        env={
            **os.environ,
            "SAGEMAKER_MULTI_MODEL": "false",
            "SM_MODEL_DIR": str(model),
            SOCKET_VARIABLE: _socket(folder.name),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=_LONGEST_LINE,
    )
    script = ScriptProcess(process, folder=folder)
    try:
        while not await script.is_healthy():
            if script.has_ended:
                raise CannotLoadError(await script.last_words())
            await asyncio.sleep(_PAUSE_SECONDS)
    except BaseException:
        with contextlib.suppress(ProcessLookupError):  # it ended by itself
            await script.unload()
        raise
    return script


def _socket(folder: str) -> str:
    return str(Path(folder, "socket"))
