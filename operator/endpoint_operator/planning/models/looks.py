"""What a pass must still look at before it can decide: so that nothing is asked of AWS at rest.

The looks come out of the same decisions that use them. An observer fills in what it has, asks `wanted_looks`, looks,
and asks again until the answer is empty: at most three rounds, and none for a model at rest.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LookAtSource:
    """HeadObject, or ListObjectsV2 where the URI ends in a slash: ModelFacts.source."""

    s3_uri: str


@dataclass(frozen=True, kw_only=True)
class LookAtTemplate:
    """The key of a ConfigMap in the model's namespace: ModelFacts.template."""

    config_map: str
    key: str


@dataclass(frozen=True, kw_only=True)
class LookAtKey:
    """HeadObject of one object under the endpoint's prefix: ModelFacts.published."""

    s3_uri: str


@dataclass(frozen=True, kw_only=True)
class LookForPacker:
    """The Job that makes this object: ModelFacts.packing."""

    s3_uri: str


ModelLook = LookAtSource | LookAtTemplate | LookAtKey | LookForPacker


@dataclass(frozen=True, kw_only=True)
class Needed:
    """A decision cannot be made before these were looked at."""

    looks: tuple[ModelLook, ...]


class NotLooked(Exception):
    """A plan was asked for before everything was looked at that it depends on."""
