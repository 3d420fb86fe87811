"""Models and endpoint configs: what an endpoint is made of, all created and deleted alike."""

from collections.abc import Mapping
from typing import Any, Final

from endpoint_operator.aws.calls import Calls
from endpoint_operator.aws.identity import Identity
from endpoint_operator.aws.tags import TagApi

_CREATE: Final = {"model": "create_model", "endpoint-config": "create_endpoint_config"}
_DELETE: Final = {
    "model": ("delete_model", "ModelName"),
    "endpoint-config": ("delete_endpoint_config", "EndpointConfigName"),
}


class PartApi:
    """The calls on models and endpoint configs; `kind` is as ARNs spell it. Each raises CallFailed."""

    def __init__(self, *, calls: Calls, tags: TagApi, identity: Identity) -> None:
        self._calls = calls
        self._tags = tags
        self._identity = identity

    async def create(self, kind: str, request: Mapping[str, Any]) -> None:
        await self._calls.call("sagemaker", _CREATE[kind], **request)

    async def delete(self, kind: str, name: str) -> None:
        operation, parameter = _DELETE[kind]
        await self._calls.call("sagemaker", operation, **{parameter: name})

    async def tags(self, kind: str, name: str) -> dict[str, str]:
        return await self._tags.of(await self.arn(kind, name))

    async def arn(self, kind: str, name: str) -> str:
        return (await self._identity.get()).sagemaker_arn(kind=kind, name=name)
