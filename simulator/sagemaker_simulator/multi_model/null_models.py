"""The image sim-null with many models: every model whose object is in S3 answers, in this process and at once."""

from sagemaker_simulator.hosting.contract import Answer, Invocation
from sagemaker_simulator.hosting.model_artifact import FetchObject
from sagemaker_simulator.hosting.null_server import NullContainer

from .model_server import Said
from .target import Target


class NullModels:
    """Keeps the contract without a process."""

    def __init__(self, container: str) -> None:
        self._container = NullContainer(container)

    @property
    def process_group(self) -> int | None:
        return None

    async def load(self, name: str, target: Target) -> Said:
        del name, target
        return Said(status=200, text="")

    async def unload(self, name: str, target: Target) -> Said:
        del name, target
        return Said(status=200, text="")

    async def invoke(self, name: str, target: Target, invocation: Invocation, *, seconds: float) -> Answer:
        del name, target, seconds
        return await self._container.invoke(invocation)

    async def stop(self) -> None:
        pass

    async def kill(self) -> None:
        pass


class LookedAtModels:
    """Objects of S3 that are looked at and put nowhere."""

    def __init__(self, *, fetch_object: FetchObject, account: str, region: str) -> None:
        self._fetch_object = fetch_object
        self._account = account
        self._region = region

    async def bring(self, name: str, target: Target) -> int:
        del name
        return len(await self._fetch_object(target.url, account=self._account, region=self._region))

    async def remove(self, name: str) -> None:
        del name
