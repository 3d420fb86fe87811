"""What the InferenceModels of an endpoint come to: all that a pass over the endpoint knows of them."""

from dataclasses import dataclass

# How often, at most, the numbers may move: ten thousand models that are published one after the other are no ten
# thousand status writes of their endpoint. Held by whoever counts; a pass takes what it is given.
COUNTS_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class ModelCounts:
    """The InferenceModels that name one endpoint."""

    declared: int = 0
    """All of them but those being deleted."""
    published: int = 0
    """Those whose content is under the endpoint's prefix."""
    warm: int = 0
    """Those whose condition Warm is True."""
    published_bytes: int = 0
    """Sum of status.sizeBytes of those that are published: archives as they lie in S3, not as they are in memory."""
