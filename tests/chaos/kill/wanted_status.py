"""What the object itself must say in the end: conditions, revisions, and no change under way."""

from collections.abc import Iterator
from typing import Any

from tests.chaos.kill.estate import Estate
from tests.chaos.kill.versions import Version


def status_complaints(found: dict[str, Any], estate: Estate, latest: Version) -> Iterator[str]:
    """What of the status is not as it is in AWS."""
    status, generation = found.get("status", {}), found["metadata"]["generation"]
    told = {row["type"]: (row["status"], row["observedGeneration"]) for row in status.get("conditions", [])}
    wanted = {kind: (holds, generation) for kind, holds in _conditions(latest).items()}
    if told != wanted:
        yield f"conditions are {told}, not {wanted}"
    rows = status.get("revisions", [])
    configs = sorted(row["configName"] for row in rows)
    models = sorted(name for row in rows for name in row["modelNames"])
    if configs != sorted(estate.configs) or models != sorted(estate.models):
        yield f"status names {configs}, {models}"
    alarms = [name for row in rows for name in row.get("alarmNames", [])]
    if alarms:
        yield f"status names the alarms {alarms}"
    scaled = [row["name"] for row in status.get("autoscaling", [])]
    if scaled != (list(latest.variants) if latest.scaling is not None else []):
        yield f"status names {scaled} as scaled"
    if status.get("rollout") is not None:
        yield f"status has a rollout under way: {status['rollout']}"


def _conditions(latest: Version) -> dict[str, str]:
    """api.md's table of conditions, and what is said of the fields that are in use."""
    wanted = {"Ready": "True", "Available": "False" if latest.stopped else "True"}
    wanted |= {"Reconciling": "False", "Stalled": "False"}
    if latest.scaling is not None:
        wanted["AutoscalingReady"] = "False" if latest.stopped else "True"
    if latest.config_map is not None:
        wanted["Exported"] = "True"
    if latest.secret:
        wanted["InputsChanged"] = "False"
    return wanted
