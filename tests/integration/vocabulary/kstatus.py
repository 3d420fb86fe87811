"""What Flux, `helm --wait` and Argo CD conclude from an object: kstatus's generic rules, written anew.

Source: sigs.k8s.io/cli-utils, pkg/kstatus/README.md ("Statuses", "Conditions"): deletion first, then
observedGeneration where there is one, then Reconciling and Stalled, then Ready. tests/gitops asks Flux's own library.
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
    behind = status.get("observedGeneration", metadata["generation"]) != metadata["generation"]
    if behind or conditions.get("Reconciling") == "True":
        return IN_PROGRESS
    if conditions.get("Stalled") == "True":
        return FAILED
    return CURRENT if conditions.get("Ready", "True") == "True" else IN_PROGRESS
