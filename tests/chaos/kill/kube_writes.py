"""What a write to the API server is called in the table: by what it says, so that it is found again in the next run."""

import dataclasses
import json
import re
from datetime import UTC, datetime
from typing import Any

# Writes beside the object itself.
CONFIG_MAP_MADE, CONFIG_MAP_FILLED, CONFIG_MAP_REMOVED = "ConfigMap made", "ConfigMap filled", "ConfigMap removed"
REVISION_KEY_MADE = "revision key made"
BESIDE = (CONFIG_MAP_MADE, CONFIG_MAP_FILLED, CONFIG_MAP_REMOVED, REVISION_KEY_MADE)

_WRITES = ("POST", "PUT", "PATCH", "DELETE")
_LEASES = "/apis/coordination.k8s.io/"
_NO_POINT = re.compile(r"/events$|^/apis/authorization\.k8s\.io/")
_ABOUT = re.compile(r"/inferenceendpoints/(?P<name>[^/]+)(?P<status>/status)?$")
_CONFIG_MAP = re.compile(r"/configmaps(/(?P<name>[^/]+))?$")
_ON_CONFIG_MAPS = {"POST": CONFIG_MAP_MADE, "PATCH": CONFIG_MAP_FILLED, "DELETE": CONFIG_MAP_REMOVED}


@dataclasses.dataclass(frozen=True)
class KubeWrite:
    """One write that was accepted."""

    what: str
    about: str
    """The object's name; empty for what belongs to all objects."""
    at: datetime


def is_point(method: str, path: str) -> bool:
    """Whether the request is a write at which the operator is killed."""
    return method in _WRITES and not path.startswith(_LEASES) and _NO_POINT.search(path) is None


def is_lease_write(method: str, path: str) -> bool:
    return method in _WRITES and path.startswith(_LEASES)


def told_of(method: str, path: str, body: bytes) -> KubeWrite:
    """The write in words. A kind that is not known here is told by method and path, and is a point all the same."""
    document: dict[str, Any] = json.loads(body) if body else {}
    what, about = _on_object(method, path, document) or _beside(method, path, document) or (f"{method} {path}", "")
    return KubeWrite(what=what, about=about, at=datetime.now(UTC))


def _on_object(method: str, path: str, document: dict[str, Any]) -> tuple[str, str] | None:
    found = _ABOUT.search(path)
    if found is None:
        return None
    if found["status"]:
        return _status(document.get("status", {})), found["name"]
    if "finalizers" in document.get("metadata", {}):
        return "finalizer on" if document["metadata"]["finalizers"] else "finalizer off", found["name"]
    return f"{method} {path}", found["name"]


def _beside(method: str, path: str, document: dict[str, Any]) -> tuple[str, str] | None:
    found = _CONFIG_MAP.search(path)
    if found is not None and method in _ON_CONFIG_MAPS:
        name: str = found["name"] or document["metadata"]["name"]
        return _ON_CONFIG_MAPS[method], name.partition(".")[0]
    return (REVISION_KEY_MADE, "") if method == "POST" and path.endswith("/secrets") else None


def _status(status: dict[str, Any]) -> str:
    """`status Updating: Updating, endpoint InService, S A D`: phase, reason, endpoint, and each revision's state."""
    told = [row for row in status.get("conditions", []) if row["type"] == "Ready"]
    reason = told[0]["reason"] if told else "-"
    endpoint = (status.get("endpoint") or {}).get("status", "none")
    states = " ".join(row["state"][0] for row in status.get("revisions", []))
    return f"status {status.get('phase')}: {reason}, endpoint {endpoint}, revisions {states or 'none'}"
