"""Secrets and ConfigMaps as the API server has them: their versions without their values, and single values.

Each is asked for by its name: the right to list or to watch would show every Secret that there is.
"""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from kubernetes.aio.client.exceptions import ApiException

from endpoint_operator.engine.ports import ClusterUnavailable
from endpoint_operator.kube.answers import unavailable
from endpoint_operator.kube.api import Body, KubeApi
from endpoint_operator.planning.inputs.values import SECRET, ObjectVersion

# Answers that say something of the object or of our rights; all others are the API server's own trouble.
_TELLING = (403, 404, 409)


class NotAllowed(Exception):
    """The operator may not read the object."""


@asynccontextmanager
async def answered() -> AsyncIterator[None]:
    """Lets through what the API server says of the object (ApiException 403, 404, 409).

    Raises ClusterUnavailable for all else.
    """
    try:
        yield
    except ApiException as error:
        if error.status in _TELLING:
            raise
        raise unavailable(error) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise ClusterUnavailable(f"{type(error).__name__}: {error}") from error


class InputObjects:
    """Each question is one request. Raises NotAllowed and ClusterUnavailable."""

    def __init__(self, api: KubeApi) -> None:
        self._api = api

    async def version(self, *, namespace: str, kind: str, name: str) -> ObjectVersion | None:
        """None where there is no such object."""
        try:
            async with answered():
                return version_of(await self._api.metadata(_path(namespace, kind, name)))
        except ApiException as error:
            _is_an_absence(error)
            return None

    async def read(self, *, namespace: str, kind: str, name: str) -> Body | None:
        """The whole object; None where there is none."""
        try:
            async with answered():
                return await self._api.get(_path(namespace, kind, name))
        except ApiException as error:
            _is_an_absence(error)
            return None


def version_of(metadata: Body) -> ObjectVersion:
    return ObjectVersion(uid=metadata["uid"], resource_version=metadata["resourceVersion"])


def has_key(body: Body, key: str) -> bool:
    return key in (body.get("data") or {}) or key in (body.get("binaryData") or {})


def value_of(body: Body, *, kind: str, key: str) -> str | None:
    """The value as text; None where it is none (UTF-8), as no environment variable can hold it."""
    data = body.get("data") or {}
    if kind != SECRET and key in data:
        return str(data[key])
    encoded = data[key] if kind == SECRET else body["binaryData"][key]
    try:
        return base64.b64decode(encoded).decode("utf-8")
    except UnicodeDecodeError:
        return None


def _path(namespace: str, kind: str, name: str) -> str:
    return f"/api/v1/namespaces/{namespace}/{'secrets' if kind == SECRET else 'configmaps'}/{name}"


def _is_an_absence(error: ApiException) -> None:
    """Raises NotAllowed where the refusal is none."""
    if error.status != 404:
        raise NotAllowed(str(error.reason)) from error
