"""What the API server's refusals mean for a person at a shell: one sentence with the remedy."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from kubernetes.aio.client.exceptions import ApiException

from endpoint_operator.api.identity import GROUP, VERSION


class Refused(Exception):
    """The API server did not do what was asked; the text is the sentence. `status` is HTTP's, 0 without an answer."""

    def __init__(self, sentence: str, *, status: int = 0) -> None:
        super().__init__(sentence)
        self.status = status


class NoSuchObject(Refused):
    """There is no object of that name."""


@asynccontextmanager
async def asking(what: str) -> AsyncIterator[None]:
    """Say a failed request as a sentence; `what` is what it was for, as in "list the Events".

    Raises Refused, NoSuchObject.
    """
    try:
        yield
    except ApiException as error:
        raise _refusal(error, what) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        said = str(error) or type(error).__name__
        raise Refused(
            f"the cluster cannot be reached: {said}; look at the current context of your kubeconfig (kubectl cluster-info)"
        ) from error


def _refusal(error: ApiException, what: str) -> Refused:
    answer = _status_object(error)
    if error.status == 404 and _names_an_object(answer):
        return NoSuchObject(str(answer["message"]), status=404)
    if error.status == 404:
        return Refused(
            f"the cluster does not know inferenceendpoints.{GROUP}/{VERSION}; install the operator's CRDs first "
            "(kubectl apply -f crds/)",
            status=404,
        )
    if error.status == 401:
        return Refused("the cluster refused your credentials; renew those of your kubeconfig", status=401)
    said = str(answer.get("message") or f"{error.status} {error.reason}")
    if error.status == 403:
        return Refused(f"you may not {what}: {said}; ask for that right in the cluster", status=403)
    return Refused(said, status=int(error.status or 0))


def _status_object(error: ApiException) -> dict[str, Any]:
    """The meta/v1 Status of an answer; empty where it has none (a path that nobody serves answers plain text)."""
    try:
        answer = json.loads(error.body or "")
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _names_an_object(answer: dict[str, Any]) -> bool:
    return bool((answer.get("details") or {}).get("name"))
