"""The Event that says who may read a value, once for each revision that takes one from a Secret."""

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import InferenceEndpointStatus, RevisionStatus
from endpoint_operator.planning.inputs.values import SECRET


def readable_secrets(endpoint: InferenceEndpoint, status: InferenceEndpointStatus) -> tuple[RevisionStatus, str] | None:
    """A revision that takes values of Secrets, when it is first wanted, and what is to be said of it."""
    before = {row.name for row in endpoint.status.revisions}
    new = (row for row in status.revisions if row.name not in before)
    row = next((row for row in new if _secrets(row)), None)
    if row is None:
        return None
    message = (
        f"SageMaker shows environment values to everyone who may call DescribeModel, among them those that revision "
        f"{row.name} takes from {', '.join(_secrets(row))}; safer: store the value in AWS Secrets Manager, give the "
        "container the name of that secret, and let its code read it"
    )
    return row, message


def _secrets(row: RevisionStatus) -> list[str]:
    sources = (item.source.split("/") for item in row.resolved.inputs)
    return sorted({f"Secret {name}" for kind, name, _ in sources if kind == SECRET})
