"""From a model's id and its content to the key that it is published under: the same content has the same key.

Nothing of the object's uid is in a key, so that an object restored from a backup finds what it published. Its name and
the cluster's id are: two objects never come to one key, where two endpoints share a prefix either.
"""

import hashlib
import re

from endpoint_operator.api.model import InferenceModel
from endpoint_operator.api.names import hex_digest
from endpoint_operator.planning.models.facts import SourceSeen

_NOT_IN_KEYS = re.compile(r"[^A-Za-z0-9._-]")


def content_of(model: InferenceModel, source: SourceSeen, *, template_digest: str | None) -> str:
    """Digest of what decides the bytes of the archive, 64 hex digits; where the source is does not count."""
    wanted = model.spec.source
    parts = (
        "directory" if source.is_directory else "archive",
        source.etag,
        str(source.size_bytes),
        wanted.layout.value,
        wanted.version or "",
        template_digest or "",
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def target_of(model: InferenceModel, *, content: str, cluster_id: str) -> str:
    """TargetModel of this content: what spec.targetModel says, or `<modelId>/<10 hex>.tar.gz`."""
    if model.spec.target_model is not None:
        return model.spec.target_model
    digest = hex_digest("\0".join((cluster_id, model.object_name, content)), 10)
    return f"{folder_of(model.model_id)}/{digest}.tar.gz"


def folder_of(model_id: str) -> str:
    """The model's id as part of a key; with a hash where two ids could otherwise come to the same."""
    mapped = _NOT_IN_KEYS.sub("-", model_id)
    if mapped.strip(".") == "":  # `.` and `..` are taken for folders by whatever normalises a path
        mapped = "-"
    return mapped if mapped == model_id else f"{mapped}-{hex_digest(model_id, 6)}"
