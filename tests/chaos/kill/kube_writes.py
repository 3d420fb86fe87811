"""What a write to the API server is called in the table: by what it says, so that it is found again in the next run."""

import dataclasses
import json
import re
from datetime import UTC, datetime
from typing import Any

_WRITES = ("POST", "PUT", "PATCH", "DELETE")
_LEASES = "/apis/coordination.k8s.io/"
_NO_POINT = re.compile(r"/events$|^/apis/authorization\.k8s\.io/")
_ABOUT = re.compile(r"/inferenceendpoints/(?P<name>[^/]+)(?P<status>/status)?$")


@dataclasses.dataclass(frozen=True)
class KubeWrite:
    """One write that was accepted."""

    what: str
    about: str
    """The object's name."""
    at: datetime


def is_point(method: str, path: str) -> bool:
    """Whether the request is a write at which the operator is killed."""
    return method in _WRITES and not path.startswith(_LEASES) and _NO_POINT.search(path) is None


def is_lease_write(method: str, path: str) -> bool:
    return method in _WRITES and path.startswith(_LEASES)


def told_of(method: str, path: str, body: bytes) -> KubeWrite:
    """The write in words. A kind that is not known here is told by method and path, and is a point all the same."""
    found = _ABOUT.search(path)
    about = found["name"] if found else ""
    document: dict[str, Any] = json.loads(body) if body else {}
    if found and found["status"]:
        what = _status(document.get("status", {}))
    elif found and "finalizers" in document.get("metadata", {}):
        what = "finalizer on" if document["metadata"]["finalizers"] else "finalizer off"
    else:
        what = f"{method} {path}"
    return KubeWrite(what=what, about=about, at=datetime.now(UTC))


def _status(status: dict[str, Any]) -> str:
    """`status Updating: Updating, endpoint InService, S A D`: phase, reason, endpoint, and each revision's state."""
    told = [row for row in status.get("conditions", []) if row["type"] == "Ready"]
    reason = told[0]["reason"] if told else "-"
    endpoint = (status.get("endpoint") or {}).get("status", "none")
    states = " ".join(row["state"][0] for row in status.get("revisions", []))
    return f"status {status.get('phase')}: {reason}, endpoint {endpoint}, revisions {states or 'none'}"
