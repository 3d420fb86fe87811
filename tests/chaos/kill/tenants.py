"""The multi-model endpoint that all models of a slot are for: made once, for it is not what is killed at here."""

from typing import Any

from tests.chaos.kill.model_versions import MODELS_BUCKET, TENANTS, prefix_of
from tests.controlplane.deadlines import until
from tests.integration.vocabulary.kubernetes_objects import KubernetesObjects
from tests.integration.vocabulary.specs import FAST_IMAGE, INSTANCE_TYPE

_WITHIN_SECONDS = 240.0


class Tenants:
    """In one namespace."""

    def __init__(self, objects: KubernetesObjects, *, namespace: str) -> None:
        self._objects = objects
        self._namespace = namespace
        self._stands = False

    def stand(self) -> None:
        """Returns when it is Ready."""
        if self._stands:
            return
        spec = {
            "mode": "MultiModel",
            "containers": [{"image": FAST_IMAGE}],
            "multiModel": {"s3Prefix": f"s3://{MODELS_BUCKET}/{prefix_of(self._namespace)}"},
            "instance": {"type": INSTANCE_TYPE, "count": 1},
        }
        self._objects.create(self._namespace, TENANTS, spec)
        until(
            self._is_ready, what=f"{self._namespace}/{TENANTS} Ready", within_seconds=_WITHIN_SECONDS, seen=self._find
        )
        self._stands = True

    def go(self) -> None:
        """Returns when nothing of it is left."""
        if not self._stands:
            return
        self._objects.delete(self._namespace, TENANTS)
        until(
            lambda: self._find() is None,
            what=f"{self._namespace}/{TENANTS} gone",
            within_seconds=_WITHIN_SECONDS,
            seen=self._find,
        )

    def _is_ready(self) -> bool:
        rows = (self._find() or {}).get("status", {}).get("conditions", [])
        return any((row["type"], row["status"]) == ("Ready", "True") for row in rows)

    def _find(self) -> dict[str, Any] | None:
        return self._objects.find(self._namespace, TENANTS)
