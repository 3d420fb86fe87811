"""What a person needs to find the bug when a test failed: objects, Events, the operator's words, the last calls."""

import json
from typing import Any

from tests.integration.vocabulary.shared_world import SharedWorld

CALLS, LINES = 40, 25


def evidence(shared: SharedWorld, namespace: str) -> str:
    """About everything in one namespace."""
    lines = shared.operator.log_lines()
    return "\n".join(
        [
            "",
            *(_object(each) for each in shared.objects.all(namespace)),
            *(_object(each) for each in shared.models.all(namespace)),
            "Events:",
            *(_event(each) for each in shared.objects.events(namespace)),
            "SageMaker:",
            *_live(shared, namespace),
            f"the last {CALLS} calls about it:",
            *_calls(shared, namespace),
            "the operator about it:",
            *[line for line in lines if namespace in line][-LINES:],
            "the operator's last words:",
            *lines[-5:],
        ]
    )


def _object(thing: dict[str, Any]) -> str:
    metadata, status = thing["metadata"], dict(thing.get("status", {}))
    conditions = [
        f"  {row['type']}={row['status']} {row['reason']} (of {row.get('observedGeneration')}): {row['message']}"
        for row in status.pop("conditions", [])
    ]
    head = f"{metadata['namespace']}/{metadata['name']} generation {metadata['generation']}"
    deleting = " being deleted" if metadata.get("deletionTimestamp") else ""
    return "\n".join([head + deleting, *conditions, f"  status {json.dumps(status)}"])


def _event(event: Any) -> str:
    return f"  {event.last_timestamp:%H:%M:%S} {event.type} {event.reason}: {event.message}"


def _live(shared: SharedWorld, namespace: str) -> list[str]:
    estates = shared.simulator.state()["sagemaker"].values()
    return [
        f"  {kind} {name} {found.get('EndpointStatus', '')} {found.get('FailureReason', '')}".rstrip()
        for estate in estates
        for kind in ("endpoints", "endpointConfigs", "models")
        for name, found in estate[kind].items()
        if name.startswith(namespace)
    ]


def _calls(shared: SharedWorld, namespace: str) -> list[str]:
    rows = [row for row in shared.calls.of_operator(since=0) if namespace in (row["resource"] or "")]
    return [
        f"  {row['wallTime'][11:23]} {row['operation']} {row['resource']} {row['status']} {row['error'] or ''}"
        for row in rows[-CALLS:]
    ]
