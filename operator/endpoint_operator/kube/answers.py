"""What the API server's refusals mean for a pass."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from kubernetes.aio.client.exceptions import ApiException

from endpoint_operator.engine.ports import ClusterUnavailable, StaleObject
from endpoint_operator.kube.measures import WRITES

# Beyond this an answer is a proxy's whim, and the object is looked at anyway.
LONGEST_RETRY_AFTER_SECONDS = 120.0


@asynccontextmanager
async def counted_write(kind: str) -> AsyncIterator[None]:
    """Count a write, and say its failure as the loop knows it.

    Raises StaleObject when the object changed or is gone, ClusterUnavailable for all else.
    """
    try:
        yield
    except ApiException as error:
        WRITES.labels(kind, str(error.status)).inc()
        if error.status in (404, 409):
            raise StaleObject(str(error.reason)) from error
        raise unavailable(error) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        WRITES.labels(kind, "error").inc()
        raise ClusterUnavailable(f"{type(error).__name__}: {error}") from error
    WRITES.labels(kind, "done").inc()


def unavailable(error: ApiException) -> ClusterUnavailable:
    return ClusterUnavailable(f"{error.status} {error.reason}: {_message(error)}", retry_after=_retry_after(error))


def _retry_after(error: ApiException) -> float:
    """In seconds; the API server gives no dates there (Kubernetes API concepts, API priority and fairness)."""
    asked = str((error.headers or {}).get("Retry-After", ""))
    return min(float(asked), LONGEST_RETRY_AFTER_SECONDS) if asked.isdigit() else 0.0


def _message(error: ApiException) -> str:
    return str(error.body or "")[:500]
