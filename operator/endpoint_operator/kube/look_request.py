"""Asking the operator for a new look at an object, as anybody may with an annotation (api.md, behaviour 10)."""

from datetime import datetime

from kubernetes.aio import client

from endpoint_operator.api.identity import GROUP, RECONCILE_AT, VERSION
from endpoint_operator.kube.api import PLURAL
from endpoint_operator.kube.connection import REQUEST_TIMEOUT_SECONDS
from endpoint_operator.kube.refusals import asking, there_is_no

FIELD_MANAGER = "kubectl-inference"


async def request_look(api_client: client.ApiClient, *, namespace: str, name: str, now: datetime) -> str:
    """Annotate the object with `now` (UTC, microseconds, so that two requests differ); the annotation's value.

    Raises Refused, NoSuchObject.
    """
    value = now.isoformat(timespec="microseconds").replace("+00:00", "Z")
    async with asking("patch InferenceEndpoints", missing=there_is_no(namespace=namespace, name=name)):
        await client.CustomObjectsApi(api_client).patch_namespaced_custom_object(
            GROUP,
            VERSION,
            namespace,
            PLURAL,
            name,
            {"metadata": {"annotations": {RECONCILE_AT: value}}},
            field_manager=FIELD_MANAGER,
            _content_type="application/merge-patch+json",
            _request_timeout=REQUEST_TIMEOUT_SECONDS,
        )
    return value
