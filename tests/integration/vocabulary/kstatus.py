"""What Flux, `helm --wait` and Argo CD conclude from an object: kstatus's generic rules, written anew.

Source: sigs.k8s.io/cli-utils, pkg/kstatus/README.md ("Statuses", "Conditions") and KEP-like notes there: deletion
first, then observedGeneration, then Reconciling and Stalled, then Ready.
"""

from collections.abc import Mapping
from typing import Any

CURRENT, IN_PROGRESS, FAILED, TERMINATING = "Current", "InProgress", "Failed", "Terminating"


def kstatus(thing: Mapping[str, Any]) -> str:
    """The object's kstatus status."""
    metadata, status = thing["metadata"], thing.get("status", {})
    if metadata.get("deletionTimestamp"):
        return TERMINATING
    conditions = {each["type"]: each["status"] for each in status.get("conditions", [])}
    if status.get("observedGeneration") != metadata["generation"] or conditions.get("Reconciling") == "True":
        return IN_PROGRESS
    if conditions.get("Stalled") == "True":
        return FAILED
    return CURRENT if conditions.get("Ready", "True") == "True" else IN_PROGRESS
