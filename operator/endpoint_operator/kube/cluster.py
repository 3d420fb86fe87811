"""What the operator asks of the cluster before it begins: who the cluster is, and whether it knows our kinds."""

import logging
from typing import Any

import aiohttp
from kubernetes.aio.client.exceptions import ApiException

from endpoint_operator.api.identity import GROUP, VERSION
from endpoint_operator.api.kinds import Kind
from endpoint_operator.kube.api import KubeApi, objects_path

log = logging.getLogger(__name__)


class ClusterNotReady(Exception):
    """The cluster cannot be worked with yet; the text says what to do."""


async def cluster_id(api: KubeApi) -> str:
    """The uid of kube-system: it names the cluster for as long as it lives.

    Raises ClusterNotReady.
    """
    try:
        namespace = await api.get("/api/v1/namespaces/kube-system")
    except (TimeoutError, ApiException, aiohttp.ClientError, OSError) as error:
        raise ClusterNotReady(
            f"the namespace kube-system cannot be read ({_short(error)}); "
            "grant get on it, or set --cluster-id to a word of your own"
        ) from error
    return str(namespace["metadata"]["uid"])


async def crd_is_installed(api: KubeApi, kind: Kind[Any], *, namespaces: tuple[str, ...]) -> None:
    """Returns when the API server serves the kind to us, in the first of `namespaces` or, where there are none, in all.

    Raises ClusterNotReady.
    """
    try:
        await api.get(objects_path(kind.plural, namespaces[0] if namespaces else None), query={"limit": 1})
    except ApiException as error:
        if error.status == 404:
            raise ClusterNotReady(
                f"the cluster does not know {kind.plural}.{GROUP}/{VERSION}; apply the files in crds/"
            ) from error
        raise ClusterNotReady(f"{kind.kind}s cannot be listed: {_short(error)}") from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise ClusterNotReady(f"the API server cannot be reached: {_short(error)}") from error


def _short(error: Exception) -> str:
    if isinstance(error, ApiException):
        return f"{error.status} {error.reason}"
    return f"{type(error).__name__} {error}".strip()
