"""S3 user metadata of what is published, and what it says of ownership."""

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.planning.models.facts import PublishedSeen

# Names that outlive releases; S3 adds x-amz-meta- on the wire.
METADATA_CLUSTER = "endpoint-operator-cluster"
METADATA_OBJECT = "endpoint-operator-object"
METADATA_UID = "endpoint-operator-uid"
METADATA_CONTENT = "endpoint-operator-content"


def metadata_of(model: InferenceModel, *, cluster_id: str, content: str) -> dict[str, str]:
    """What is written with an object."""
    return {
        METADATA_CLUSTER: cluster_id,
        METADATA_OBJECT: model.object_name,
        METADATA_UID: model.uid,
        METADATA_CONTENT: content,
    }


def is_ours(model: InferenceModel, seen: PublishedSeen, *, cluster_id: str) -> bool:
    """The uid may differ: an object restored from a backup is still the owner (api.md, behaviour 5)."""
    return seen.cluster == cluster_id and seen.object_name == model.object_name


def holder_of(seen: PublishedSeen) -> str:
    """Who published it, for a sentence."""
    if not seen.cluster:
        return "was put there by somebody else"
    return f"belongs to InferenceModel {seen.object_name} of cluster {seen.cluster}"
