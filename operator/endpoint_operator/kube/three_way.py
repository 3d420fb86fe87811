"""The patch that `kubectl apply` sends for a custom resource.

Kubernetes documentation, "Declarative Management of Kubernetes Objects Using Configuration Files", "How apply
calculates differences and merges changes": what the last applied file held and this one does not is deleted, what this
one holds is set, and what others wrote stays. Custom resources take JSON merge patches, so lists are replaced.
"""

import json
from collections.abc import Mapping
from typing import Any

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

Body = Mapping[str, Any]


def is_applied_by_client(live: Body) -> bool:
    """Whether `kubectl apply` without --server-side wrote the object."""
    return LAST_APPLIED in (live["metadata"].get("annotations") or {})


def last_applied(live: Body) -> Body:
    """What `kubectl apply` wrote last; empty, as kubectl itself takes it, when that is not known."""
    try:
        applied = json.loads((live["metadata"].get("annotations") or {}).get(LAST_APPLIED, "{}"))
    except ValueError:
        return {}
    return applied if isinstance(applied, dict) else {}


def three_way_patch(*, last: Body, wanted: Body, live: Body) -> dict[str, Any]:
    """A JSON merge patch (RFC 7396) from `live` to `wanted`, less what `last` held alone."""
    patch: dict[str, Any] = {}
    for key, value in wanted.items():
        there = live.get(key)
        if isinstance(value, Mapping):
            before = last.get(key)
            patch[key] = three_way_patch(
                last=before if isinstance(before, Mapping) else {},
                wanted=value,
                live=there if isinstance(there, Mapping) else {},
            )
        elif key not in live or there != value:
            patch[key] = value
    return patch | {key: None for key in last if key not in wanted and key in live}
