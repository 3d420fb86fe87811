"""Ten thousand InferenceModels in the API server: applied, watched and deleted with little work for this process.

Plain JSON and no typed calls, for this process shares its cores with all that is measured.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from kubernetes.aio import client

from tests.bench.fleet import APPLIED_AT_ONCE, GROUP, NAMESPACE, VERSION, WATCH_AGAIN, NotReadyError, Readiness, note

PATH: Final = f"/apis/{GROUP}/{VERSION}/namespaces/{NAMESPACE}/inferencemodels"
_REQUEST_SECONDS: Final = 60.0
_WATCH_SECONDS: Final = 300

Document = dict[str, Any]


@dataclass
class Applied:
    """When the API server took each object, in seconds since the epoch, by name."""

    began: float
    """Before the first."""
    at: dict[str, float] = field(default_factory=dict)


class ModelObjects:
    """As admin. Raises ApiException where the API server refuses."""

    def __init__(self, api_client: client.ApiClient) -> None:
        self._client = api_client

    async def apply(self, documents: Iterable[Document]) -> Applied:
        """Create all of them, as many at once as connections allow."""
        applied = Applied(began=time.time())

        async def create(document: Document) -> None:
            await self._answer("POST", body=document)
            applied.at[document["metadata"]["name"]] = time.time()

        await _side_by_side(documents, create)
        return applied

    async def delete(self, names: Iterable[str]) -> None:
        """Ask for it; what is asked for one by one needs no request that takes minutes."""

        async def delete(name: str) -> None:
            await self._answer("DELETE", path=f"/{name}")

        await _side_by_side(names, delete)

    async def until_gone(self, *, seconds: float, check: Callable[[], None]) -> None:
        """Until there is none. `check` raises when there is nothing to wait for any more. Raises NotReadyError too."""
        deadline = time.monotonic() + seconds
        while left := await self.count():
            if time.monotonic() > deadline:
                raise NotReadyError(f"{left} models were not gone after {seconds:.0f} s")
            check()
            await asyncio.sleep(0.2)

    async def count(self) -> int:
        """How many there are; the API server counts (Kubernetes API reference, ListMeta, remainingItemCount)."""
        answer = json.loads(await self._answer("GET", query={"limit": 1}))
        return len(answer["items"]) + int(answer["metadata"].get("remainingItemCount", 0))

    async def watch_readiness(self, readiness: Readiness) -> None:
        """Note when objects become Ready, until cancelled."""
        while True:
            try:
                await self._watch_once(readiness)
            except client.ApiException as error:
                if error.status not in WATCH_AGAIN:
                    raise
                await asyncio.sleep(0.1)

    async def _watch_once(self, readiness: Readiness) -> None:
        """It begins with all objects that there are, so that nothing between two watches is missed."""
        response = await self._request("GET", query={"watch": "true", "timeoutSeconds": _WATCH_SECONDS})
        while line := await response.response.content.readline():
            event = json.loads(line)
            if event["type"] == "ERROR":
                raise client.ApiException(status=event["object"]["code"], reason=event["object"]["message"])
            note(event["object"], "Ready", readiness)

    async def _answer(
        self, method: str, *, path: str = "", query: dict[str, object] | None = None, body: Document | None = None
    ) -> bytes:
        response = await self._request(method, path=path, query=query, body=body)
        text: bytes = await response.read()
        return text

    async def _request(
        self, method: str, *, path: str = "", query: dict[str, object] | None = None, body: Document | None = None
    ) -> Any:
        request = await self._client.param_serialize(
            method,
            PATH + path,
            query_params=[(key, str(value)) for key, value in (query or {}).items()],
            header_params={"Accept": "application/json", "Content-Type": "application/json"},
            body=body,
            auth_settings=["BearerToken"],
        )
        seconds = _WATCH_SECONDS + _REQUEST_SECONDS if query and "watch" in query else _REQUEST_SECONDS
        response = await self._client.call_api(*request, _request_timeout=seconds)
        if not 200 <= response.status <= 299:
            text = (await response.read()).decode(errors="replace")
            raise client.ApiException.from_response(http_resp=response, body=text, data=None)
        return response


async def _side_by_side(items: Iterable[Any], act: Callable[[Any], Awaitable[None]]) -> None:
    """A few tasks that share one iterator; ten thousand tasks would be work of their own."""
    left = iter(items)

    async def go_on() -> None:
        for item in left:
            await act(item)

    await asyncio.gather(*(go_on() for _ in range(APPLIED_AT_ONCE)))
