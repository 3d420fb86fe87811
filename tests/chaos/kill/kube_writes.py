"""What a write to the API server is called in the table: by what it says, so that it is found again in the next run."""

import dataclasses
import json
import re
from datetime import UTC, datetime
from typing import Any

# Writes beside the object itself.
CONFIG_MAP_MADE, CONFIG_MAP_FILLED, CONFIG_MAP_REMOVED = "ConfigMap made", "ConfigMap filled", "ConfigMap removed"
REVISION_KEY_MADE = "revision key made"
JOB_MADE, JOB_REMOVED = "Job made", "Job removed"
BESIDE = (CONFIG_MAP_MADE, CONFIG_MAP_FILLED, CONFIG_MAP_REMOVED, REVISION_KEY_MADE, JOB_MADE, JOB_REMOVED)

_WRITES = ("POST", "PUT", "PATCH", "DELETE")
_LEASES = "/apis/coordination.k8s.io/"
_NO_POINT = re.compile(r"/events$|^/apis/authorization\.k8s\.io/")
_ABOUT = re.compile(r"/inference(?P<kind>endpoint|model)s/(?P<name>[^/]+)(?P<status>/status)?$")
_CONFIG_MAP = re.compile(r"/configmaps(/(?P<name>[^/]+))?$")
_JOB = re.compile(r"/jobs(/(?P<name>[^/]+))?$")
# pack-MODEL-DIGEST
_OF_JOB = re.compile(r"pack-(?P<name>.+)-[0-9a-f]{10}")
_ON_JOBS = {"POST": JOB_MADE, "DELETE": JOB_REMOVED}
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
    whose = "model " if found["kind"] == "model" else ""
    if found["status"]:
        told = _model_status if whose else _status
        return f"{whose}{told(document.get('status', {}))}", found["name"]
    if "finalizers" in document.get("metadata", {}):
        return f"{whose}finalizer {'on' if document['metadata']['finalizers'] else 'off'}", found["name"]
    return f"{method} {path}", found["name"]


def _beside(method: str, path: str, document: dict[str, Any]) -> tuple[str, str] | None:
    found = _CONFIG_MAP.search(path)
    if found is not None and method in _ON_CONFIG_MAPS:
        name: str = found["name"] or document["metadata"]["name"]
        return _ON_CONFIG_MAPS[method], name.partition(".")[0]
    job = _JOB.search(path)
    if job is not None and method in _ON_JOBS:
        whose = _OF_JOB.fullmatch(job["name"] or document["metadata"]["name"])
        return (_ON_JOBS[method], whose["name"]) if whose is not None else None
    return (REVISION_KEY_MADE, "") if method == "POST" and path.endswith("/secrets") else None


def _status(status: dict[str, Any]) -> str:
    """`status Updating: Updating, endpoint InService, S A D`: phase, reason, endpoint, and each revision's state."""
    reason = _reason(status)
    endpoint = (status.get("endpoint") or {}).get("status", "none")
    states = " ".join(row["state"][0] for row in status.get("revisions", []))
    return f"status {status.get('phase')}: {reason}, endpoint {endpoint}, revisions {states or 'none'}"


def _model_status(status: dict[str, Any]) -> str:
    """`status Publishing: Publishing, one told, one made, 0 to go`: what callers are told, what is made, what goes."""
    told = "one told" if status.get("artifactS3Uri") else "none told"
    made = "one made" if status.get("publishing") else "none made"
    return f"status {status.get('phase')}: {_reason(status)}, {told}, {made}, {len(status.get('obsolete') or ())} to go"


def _reason(status: dict[str, Any]) -> str:
    told = [row for row in status.get("conditions", []) if row["type"] == "Ready"]
    return str(told[0]["reason"]) if told else "-"
