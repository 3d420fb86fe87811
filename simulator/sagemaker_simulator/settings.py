"""The settings in force: quotas, images, servers, staleness, rate limits, latency."""

import fnmatch
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from .hosting.server_command import ServerCommand
from .image_accounts import is_aws_image
from .multi_model.instance_limits import InstanceLimits, limits_of
from .quota_defaults import DEFAULT_QUOTAS
from .serverless.allocation import QUOTA_NAMES


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """A token bucket: real tokens a second, and how many may be saved up."""

    per_second: float
    burst: float


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Real milliseconds added to every call: evenly spread over mean ± spread."""

    mean: float = 0.0
    spread: float = 0.0


# Answered in this process, for load tests.
NULL_IMAGE_GLOB = "*/sim-null:*"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings in force. `stale_seconds` is simulated, rate limits and latency are real."""

    quotas: Mapping[str, int] = field(default_factory=lambda: dict(DEFAULT_QUOTAS))
    images: tuple[str, ...] = ()
    image_digests: Mapping[str, str] = field(default_factory=dict)  # by REPOSITORY:TAG
    prices: Mapping[str, float] = field(default_factory=dict)  # USD an hour by REGION/INSTANCE_TYPE
    servers: Mapping[str, ServerCommand] = field(default_factory=dict)
    stale_seconds: float = 0.0
    rate_limits: Mapping[str, RateLimit] = field(default_factory=dict)
    latency: Latency = field(default_factory=Latency)
    no_capacity: frozenset[str] = frozenset()  # instance types that AWS has no capacity of at the moment
    instance_memory_mb: Mapping[str, float] = field(default_factory=dict)  # by instance type, for multi-model endpoints
    instance_disk_mb: Mapping[str, float] = field(default_factory=dict)

    def image_present(self, image: str) -> bool:
        """Tell whether ECR has the image: one of AWS's own, or one that a glob of `images` names.

        An image named by its digest is there too when a tag that is known by name has that digest.
        """
        return (
            is_aws_image(image)
            or any(fnmatch.fnmatchcase(image, glob) for glob in self.image_globs)
            or self.tag_of(image) is not None
        )

    @property
    def image_globs(self) -> tuple[str, ...]:
        """`images`, and the image that is answered without a server: every registry has that."""
        return (*self.images, NULL_IMAGE_GLOB)

    def image_digest(self, image: str) -> str:
        """Return the digest behind an image: that in its name, that of `image_digests`, else one made from its name."""
        _, _, digest = image.partition("@")
        return digest or self.image_digests.get(image) or "sha256:" + hashlib.sha256(image.encode()).hexdigest()

    def tag_of(self, image: str) -> str | None:
        """Return the tag that has the digest of REPOSITORY@DIGEST, None when no tag that is known by name has it."""
        repository, at, digest = image.partition("@")
        named = {glob for glob in self.images if not set(glob) & set("*?[")} | set(self.image_digests)
        for each in sorted(named) if at else ():
            name, colon, tag = each.rpartition(":")
            if colon and name == repository and self.image_digest(each) == digest and self.image_present(each):
                return tag
        return None

    def instance_limits(self, instance_type: str, volume_gb: int | None) -> InstanceLimits:
        """Return how much an instance of the type holds of the models of a multi-model endpoint."""
        return limits_of(instance_type, volume_gb, memory_mb=self.instance_memory_mb, disk_mb=self.instance_disk_mb)

    def has_capacity(self, instance_type: str) -> bool:
        """Tell whether AWS has instances of the type to give at the moment."""
        return instance_type not in self.no_capacity

    def quota(self, resource: str) -> int:
        """Return how many instances of a type the account may use for endpoints, or how much of a serverless quota.

        0 for what is not there.
        """
        return self.quotas.get(resource if resource in QUOTA_NAMES else f"{resource}/endpoint", 0)
