"""What applying a manifest would make of it: asked of the API server itself, which then keeps nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kubernetes.aio import client

from endpoint_operator.api.identity import GROUP, VERSION
from endpoint_operator.kube.api import PLURAL
from endpoint_operator.kube.connection import REQUEST_TIMEOUT_SECONDS
from endpoint_operator.kube.reader import EndpointReader
from endpoint_operator.kube.refusals import Refused, asking
from endpoint_operator.kube.three_way import is_applied_by_client, last_applied, three_way_patch

Body = Mapping[str, Any]

KUBECTL = "kubectl"  # the field manager of `kubectl apply --server-side`

_APPLY = "application/apply-patch+yaml"
_MERGE = "application/merge-patch+json"


@dataclass(frozen=True, kw_only=True)
class Applied:
    """The object as it would be: admitted, with defaults, and where it exists with its uid, status and generation."""

    body: Body
    is_new: bool


class DryRunApply:
    """Applies without writing, the way in which the object was applied last."""

    def __init__(self, api_client: client.ApiClient) -> None:
        self._objects = client.CustomObjectsApi(api_client)
        self._reader = EndpointReader(api_client)

    async def apply(self, manifest: Body, *, force_conflicts: bool) -> Applied:
        """`manifest` has a name and a namespace.

        Raises Refused with the API server's own sentence when it would not take the manifest.
        """
        metadata = manifest["metadata"]
        live = await self._reader.find(namespace=metadata["namespace"], name=metadata["name"])
        if live is None:
            return Applied(body=await self._create(manifest), is_new=True)
        applier = _server_side_applier(live)
        if applier is None:
            patch = three_way_patch(last=last_applied(live), wanted=manifest, live=live)
            body = await self._patch(metadata, patch, content_type=_MERGE, manager=KUBECTL, force=None)
        else:
            body = await self._patch(metadata, manifest, content_type=_APPLY, manager=applier, force=force_conflicts)
        return Applied(body=body, is_new=False)

    async def _create(self, manifest: Body) -> Body:
        async with asking("create InferenceEndpoints, which a dry run needs too"):
            answer: Body = await self._objects.create_namespaced_custom_object(
                GROUP,
                VERSION,
                manifest["metadata"]["namespace"],
                PLURAL,
                dict(manifest),
                dry_run="All",
                field_manager=KUBECTL,
                field_validation="Strict",
                _request_timeout=REQUEST_TIMEOUT_SECONDS,
            )
        return answer

    async def _patch(self, metadata: Body, body: Body, *, content_type: str, manager: str, force: bool | None) -> Body:
        async with asking("patch InferenceEndpoints, which a dry run needs too"):
            answer: Body | None = await self._objects.patch_namespaced_custom_object(
                GROUP,
                VERSION,
                metadata["namespace"],
                PLURAL,
                metadata["name"],
                dict(body),
                dry_run="All",
                field_manager=manager,
                field_validation="Strict",
                force=force,
                _content_type=content_type,
                _request_timeout=REQUEST_TIMEOUT_SECONDS,
            )
        if answer is None:  # 201: a server-side apply that found nothing any more
            raise Refused("it was deleted while it was looked at; plan again")
        return answer


def _server_side_applier(live: Body) -> str | None:
    """Who applied the object last by server-side apply; None where it was applied by `kubectl apply`, or never.

    Applied as another manager than that one, what the file no longer holds would stay.
    """
    if is_applied_by_client(live):
        return None
    appliers = {
        str(entry["manager"])
        for entry in live["metadata"].get("managedFields") or []
        if entry.get("operation") == "Apply" and not entry.get("subresource") and entry.get("manager")
    }
    if not appliers:
        return None
    return appliers.pop() if len(appliers) == 1 else KUBECTL
