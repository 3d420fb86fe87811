"""What applying a manifest would make of it: asked of the API server itself, which then keeps nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kubernetes.aio import client

from endpoint_operator.api.identity import GROUP, VERSION
from endpoint_operator.kube.api import PLURAL
from endpoint_operator.kube.connection import REQUEST_TIMEOUT_SECONDS
from endpoint_operator.kube.reader import EndpointReader
from endpoint_operator.kube.refusals import asking
from endpoint_operator.kube.three_way import last_applied, three_way_patch

Body = Mapping[str, Any]

KUBECTL = "kubectl"  # the field manager of `kubectl apply --server-side`


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
        last = last_applied(live) if live is not None else None
        if live is None or last is None:
            body = await self._server_side(manifest, manager=_applier(live), force=force_conflicts)
        else:
            body = await self._merge(three_way_patch(last=last, wanted=manifest, live=live), metadata)
        return Applied(body=body, is_new=live is None)

    async def _server_side(self, manifest: Body, *, manager: str, force: bool) -> Body:
        return await self._patch(
            manifest["metadata"], manifest, content_type="application/apply-patch+yaml", manager=manager, force=force
        )

    async def _merge(self, patch: Body, metadata: Body) -> Body:
        return await self._patch(metadata, patch, content_type="application/merge-patch+json", manager=KUBECTL)

    async def _patch(
        self, metadata: Body, body: Body, *, content_type: str, manager: str, force: bool | None = None
    ) -> Body:
        async with asking("patch InferenceEndpoints, which a dry run needs too"):
            answer: Body = await self._objects.patch_namespaced_custom_object(
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
        return answer


def _applier(live: Body | None) -> str:
    """Who applied the object last, where that was one alone; kubectl otherwise.

    Applied as another manager, what the file no longer holds would stay.
    """
    entries = (live["metadata"].get("managedFields") or []) if live is not None else []
    appliers = {
        str(entry["manager"])
        for entry in entries
        if entry.get("operation") == "Apply" and not entry.get("subresource") and entry.get("manager")
    }
    return appliers.pop() if len(appliers) == 1 else KUBECTL
