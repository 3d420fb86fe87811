"""A server process that keeps the contract of containers of many models, asked over HTTP; and its models' files."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Final

import aiohttp

from sagemaker_simulator.hosting.contract import Answer, ContainerGone, ContainerTimedOut, Invocation
from sagemaker_simulator.hosting.limits import Limits
from sagemaker_simulator.hosting.model_artifact import FetchObject, unpack
from sagemaker_simulator.hosting.model_folder import ModelFolder
from sagemaker_simulator.hosting.process_container import read_answer, request_body, request_headers
from sagemaker_simulator.hosting.server_process import ServerProcess

from .model_server import Said
from .target import Target

_TARGET_MODEL: Final = "x-amzn-sagemaker-target-model"
# Unloading has no time-out that SageMaker publishes; Triton takes 2 s.
_UNLOAD_SECONDS: Final = 60.0


class ProcessModels:
    """The server process `server`, whose models lie under `root` as it sees the disk.

    `passes_target` says whether the caller's TargetModel goes along: the contract has it "for logging purposes", but
    Triton takes it for the model's name (triton-inference-server/server, src/sagemaker_server.cc), under which the
    copies of two instances would be one.
    """

    def __init__(
        self,
        server: ServerProcess,
        *,
        container: str,
        root: str,
        passes_target: bool,
        session: aiohttp.ClientSession,
        folder: ModelFolder,
        limits: Limits,
    ) -> None:
        self._server = server
        self._container = container
        self._root = root
        self._passes_target = passes_target
        self._session = session
        self._folder = folder
        self._limits = limits

    @property
    def process_group(self) -> int | None:
        return self._server.group

    async def is_listing(self) -> bool:
        """Tell whether GET /models answers: SageMaker asks for it beside /ping (pytorch/serve#397)."""
        try:
            said = await self._say("GET", "/models", seconds=self._limits.ping_seconds)
        except (ContainerGone, ContainerTimedOut):
            return False
        return said.status == 200

    async def load(self, name: str, target: Target) -> Said:
        document = {"model_name": name, "url": f"{self._root}/{name}/model"}
        return await self._say("POST", "/models", document=document, headers=self._target_header(target))

    async def unload(self, name: str, target: Target) -> Said:
        return await self._say(
            "DELETE", f"/models/{name}", headers=self._target_header(target), seconds=_UNLOAD_SECONDS
        )

    async def invoke(self, name: str, target: Target, invocation: Invocation, *, seconds: float) -> Answer:
        headers = {key: value for key, value in request_headers(invocation).items() if key.lower() != _TARGET_MODEL}
        try:
            async with self._session.post(
                f"{self._server.url}/models/{name}/invoke",
                data=request_body(invocation.body),
                headers={**headers, **self._target_header(target)},
                timeout=aiohttp.ClientTimeout(total=seconds),
                allow_redirects=False,
            ) as answer:
                return await read_answer(answer, container=self._container)
        except TimeoutError as error:
            raise ContainerTimedOut(f"no answer within {seconds:g} s", container=self._container) from error
        except aiohttp.ClientError as error:
            raise self._gone(error) from error

    async def stop(self) -> None:
        await self._server.stop(grace_seconds=self._limits.stop_grace_seconds)
        self._folder.remove()

    async def kill(self) -> None:
        await self._server.kill()
        self._folder.remove()

    async def _say(
        self,
        method: str,
        path: str,
        *,
        document: object = None,
        headers: dict[str, str] | None = None,
        seconds: float | None = None,
    ) -> Said:
        """Without `seconds` it waits until whoever asked gives up."""
        try:
            async with self._session.request(
                method,
                self._server.url + path,
                data=json.dumps(document).encode() if document is not None else None,
                headers={"Accept": "application/json", "Content-Type": "application/json", **(headers or {})},
                timeout=aiohttp.ClientTimeout(total=seconds),
                allow_redirects=False,
            ) as answer:
                return Said(status=answer.status, text=(await answer.read()).decode(errors="replace"))
        except TimeoutError as error:
            raise ContainerTimedOut(f"no answer to {method} {path} in time", container=self._container) from error
        except aiohttp.ClientError as error:
            raise self._gone(error) from error

    def _target_header(self, target: Target) -> dict[str, str]:
        return {_TARGET_MODEL: target.key} if self._passes_target else {}

    def _gone(self, why: Exception) -> ContainerGone:
        return ContainerGone(f"the container gave no answer: {why}", container=self._container)


class UnpackedModels:
    """Archives of S3, unpacked under a folder that the server sees."""

    def __init__(self, folder: Path, *, fetch_object: FetchObject, account: str, region: str) -> None:
        self._folder = folder
        self._fetch_object = fetch_object
        self._account = account
        self._region = region

    async def bring(self, name: str, target: Target) -> int:
        archive = await self._fetch_object(target.url, account=self._account, region=self._region)
        folder = self._folder / name
        model = folder / "model"
        await asyncio.to_thread(model.mkdir, parents=True)
        try:
            await unpack(archive, into=model)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return await asyncio.to_thread(_bytes_in, model)

    async def remove(self, name: str) -> None:
        await asyncio.to_thread(shutil.rmtree, self._folder / name, ignore_errors=True)


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
