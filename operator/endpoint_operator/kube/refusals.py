"""What the API server's refusals mean for a person at a shell: one sentence with the remedy."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from kubernetes.aio.client.exceptions import ApiException

from endpoint_operator.api.identity import GROUP, VERSION

_UNKNOWN_KIND = (
    f"the cluster does not know inferenceendpoints.{GROUP}/{VERSION}; "
    "install the operator's CRDs first (kubectl apply -f crds/)"
)


class Refused(Exception):
    """The API server did not do what was asked; the text is the sentence. `status` is HTTP's, 0 without an answer."""

    def __init__(self, sentence: str, *, status: int = 0) -> None:
        super().__init__(sentence)
        self.status = status


class NoSuchObject(Refused):
    """There is no object of that name."""


@asynccontextmanager
async def asking(what: str, *, missing: str | None = None) -> AsyncIterator[None]:
    """Say a failed request as a sentence; `what` is what it was for, as in "list Events".

    `missing` is the sentence for an object that is not there; the API server's own without it.

    Raises Refused, NoSuchObject.
    """
    try:
        yield
    except ApiException as error:
        raise _refusal(error, what, missing) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        said = str(error) or type(error).__name__
        raise Refused(
            f"the cluster cannot be reached: {said}; "
            "look at the current context of your kubeconfig (kubectl cluster-info)"
        ) from error


def there_is_no(*, namespace: str, name: str) -> str:
    return f"there is no InferenceEndpoint {namespace}/{name}; kubectl inference status -A lists all that there are"


def _refusal(error: ApiException, what: str, missing: str | None) -> Refused:
    answer = _status_object(error)
    said = str(answer.get("message") or f"{error.status} {error.reason}")
    status = int(error.status or 0)
    match status:
        case 404 if _names_an_object(answer):
            return NoSuchObject(missing or f"{said}; make it first", status=status)
        case 404:
            return Refused(_UNKNOWN_KIND, status=status)
        case 401:
            return Refused("the cluster refused your credentials; renew those of your kubeconfig", status=status)
        case 403:
            return Refused(f"you may not {what}: {said}; ask for that right in the cluster", status=status)
        case 409:
            return Refused(f"{said}; leave those fields to their managers, or give --force-conflicts", status=status)
        case _:
            return Refused(said, status=status)


def _status_object(error: ApiException) -> dict[str, Any]:
    """The meta/v1 Status of an answer; empty where it has none (a path that nobody serves answers plain text)."""
    try:
        answer = json.loads(error.body or "")
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _names_an_object(answer: dict[str, Any]) -> bool:
    return bool((answer.get("details") or {}).get("name"))
