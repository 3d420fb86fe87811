"""The settings in force: quotas, images, servers, staleness, rate limits, latency."""

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field

from .hosting.server_command import ServerCommand
from .image_accounts import is_aws_image
from .quota_defaults import DEFAULT_QUOTAS


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


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings in force. `stale_seconds` is simulated, rate limits and latency are real."""

    quotas: Mapping[str, int] = field(default_factory=lambda: dict(DEFAULT_QUOTAS))
    images: tuple[str, ...] = ()
    servers: Mapping[str, ServerCommand] = field(default_factory=dict)
    stale_seconds: float = 0.0
    rate_limits: Mapping[str, RateLimit] = field(default_factory=dict)
    latency: Latency = field(default_factory=Latency)

    def image_present(self, image: str) -> bool:
        """Tell whether ECR has the image: one of AWS's own, or one that a glob of `images` names."""
        return is_aws_image(image) or any(fnmatch.fnmatchcase(image, glob) for glob in self.images)

    def quota(self, instance_type: str) -> int:
        """Return how many instances of the type the account may use for endpoints; 0 for a type that is not there."""
        return self.quotas.get(f"{instance_type}/endpoint", 0)
