"""What PUT /_sim/settings and --settings may say, checked member by member.

A settings document is merged into what is set: maps by key (null takes an entry away), everything else replaced.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from .hosting.server_command import ServerCommand
from .pricing.regions import PRICE_REGIONS
from .serverless.allocation import QUOTA_NAMES
from .settings import Latency, RateLimit, Settings

T = TypeVar("T")
_TAGGED_IMAGE = re.compile(r"[^@\s]+/[^@:\s]+:[^@:/\s]+")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class BadSettings(ValueError):
    """A settings document that cannot be taken; the message says which member and why."""


class SettingsInForce:
    """The one place where the settings of the moment are kept."""

    def __init__(self, initial: Settings | None = None) -> None:
        self._initial = initial or Settings()
        self.now = self._initial

    def merge(self, document: object) -> None:
        """Take a settings document. Raises BadSettings, and then nothing is taken."""
        self.now = merged(self.now, document)

    def reset(self) -> None:
        self.now = self._initial


def merged(settings: Settings, document: object) -> Settings:
    """Return the settings with the document merged into them. Raises BadSettings."""
    members = _map(document, "settings")
    for name, value in members.items():
        if name not in _MEMBERS:
            raise BadSettings(f"settings: unknown member {name!r}; known are {', '.join(sorted(_MEMBERS))}")
        settings = _MEMBERS[name](settings, value)
    return settings


def _quotas(settings: Settings, value: object) -> Settings:
    quotas = _merged_map(settings.quotas, value, "quotas", _quota)
    return replace(settings, quotas=quotas)


def _quota(value: object, where: str) -> int:
    if not where.endswith("/endpoint") and where.removeprefix("quotas.") not in QUOTA_NAMES:
        raise BadSettings(
            f"{where}: the key must be INSTANCE_TYPE/endpoint, such as ml.m5.large/endpoint, or one of "
            f"{', '.join(QUOTA_NAMES)}"
        )
    return _count(value, where)


def _images(settings: Settings, value: object) -> Settings:
    if not isinstance(value, list) or not all(isinstance(glob, str) for glob in value):
        raise BadSettings("images: must be a list of globs (strings)")
    return replace(settings, images=tuple(value))


def _image_digests(settings: Settings, value: object) -> Settings:
    return replace(settings, image_digests=_merged_map(settings.image_digests, value, "imageDigests", _digest))


def _digest(value: object, where: str) -> str:
    if _TAGGED_IMAGE.fullmatch(where.removeprefix("imageDigests.")) is None:
        raise BadSettings(f"{where}: the key must be an image with a tag, such as REGISTRY/churn:1")
    if not isinstance(value, str) or _DIGEST.fullmatch(value) is None:
        raise BadSettings(f"{where}: must be sha256: and 64 hexadecimal digits, got {value!r}")
    return value


def _prices(settings: Settings, value: object) -> Settings:
    return replace(settings, prices=_merged_map(settings.prices, value, "prices", _price))


def _price(value: object, where: str) -> float:
    region, slash, instance_type = where.removeprefix("prices.").partition("/")
    if not slash or not instance_type:
        raise BadSettings(f"{where}: the key must be REGION/INSTANCE_TYPE, such as us-east-1/ml.m5.large")
    if region not in PRICE_REGIONS:
        raise BadSettings(f"{where}: no price region {region!r}; known are {', '.join(sorted(PRICE_REGIONS))}")
    return _number(value, where)


def _servers(settings: Settings, value: object) -> Settings:
    return replace(settings, servers=_merged_map(settings.servers, value, "servers", _server))


def _server(value: object, where: str) -> ServerCommand:
    members = _map(value, where, known=frozenset({"command", "env"}))
    command = members.get("command")
    if not isinstance(command, list) or not command or not all(isinstance(word, str) for word in command):
        raise BadSettings(f"{where}.command: must be a list of words, the program first")
    env = _map(members.get("env", {}), f"{where}.env")
    if not all(isinstance(word, str) for word in env.values()):
        raise BadSettings(f"{where}.env: values must be strings")
    return ServerCommand(command=tuple(command), env=env)


def _stale_seconds(settings: Settings, value: object) -> Settings:
    return replace(settings, stale_seconds=_number(value, "staleSeconds", highest=3600))


def _rate_limits(settings: Settings, value: object) -> Settings:
    return replace(settings, rate_limits=_merged_map(settings.rate_limits, value, "rateLimits", _rate_limit))


def _rate_limit(value: object, where: str) -> RateLimit:
    if ":" not in where:
        raise BadSettings(f"{where}: must be SERVICE:OPERATION, such as sagemaker:DescribeEndpoint")
    members = _map(value, where, known=frozenset({"perSecond", "burst"}))
    per_second = _number(members.get("perSecond"), f"{where}.perSecond")
    burst = _number(members.get("burst", max(1.0, per_second)), f"{where}.burst")
    return RateLimit(per_second=per_second, burst=burst)


def _latency(settings: Settings, value: object) -> Settings:
    members = _map(value, "latencyMs", known=frozenset({"mean", "spread"}))
    mean = _number(members.get("mean", settings.latency.mean), "latencyMs.mean")
    spread = _number(members.get("spread", settings.latency.spread), "latencyMs.spread")
    return replace(settings, latency=Latency(mean=mean, spread=spread))


def _no_capacity(settings: Settings, value: object) -> Settings:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise BadSettings("noCapacity: must be a list of instance types, such as ml.m5.large")
    return replace(settings, no_capacity=frozenset(value))


def _instance_memory(settings: Settings, value: object) -> Settings:
    sizes = _merged_map(settings.instance_memory_mb, value, "instanceMemoryMb", _megabytes)
    return replace(settings, instance_memory_mb=sizes)


def _instance_disk(settings: Settings, value: object) -> Settings:
    return replace(
        settings, instance_disk_mb=_merged_map(settings.instance_disk_mb, value, "instanceDiskMb", _megabytes)
    )


def _megabytes(value: object, where: str) -> float:
    if not where.partition(".")[2].startswith("ml."):
        raise BadSettings(f"{where}: the key must be an instance type, such as ml.m5.large")
    return _number(value, where)


def _merged_map(
    current: Mapping[str, T], value: object, where: str, entry_of: Callable[[object, str], T]
) -> dict[str, T]:
    """Return the map with the entries of the document in it; null takes an entry away."""
    merged_map = dict(current)
    for key, entry in _map(value, where).items():
        if entry is None:
            merged_map.pop(key, None)
        else:
            merged_map[key] = entry_of(entry, f"{where}.{key}")
    return merged_map


def _map(value: object, where: str, *, known: frozenset[str] | None = None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadSettings(f"{where}: must be a JSON object")
    unknown = set(value) - known if known is not None else set()
    if unknown and known is not None:
        raise BadSettings(f"{where}: unknown member {min(unknown)!r}; known are {', '.join(sorted(known))}")
    return value


def _number(value: object, where: str, *, highest: float = float("inf")) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= highest:
        limit = "" if highest == float("inf") else f" and at most {highest:g}"
        raise BadSettings(f"{where}: must be a number of at least 0{limit}, got {value!r}")
    return float(value)


def _count(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadSettings(f"{where}: must be a whole number of at least 0, got {value!r}")
    return value


_MEMBERS: Mapping[str, Callable[[Settings, object], Settings]] = {
    "quotas": _quotas,
    "images": _images,
    "imageDigests": _image_digests,
    "prices": _prices,
    "servers": _servers,
    "staleSeconds": _stale_seconds,
    "rateLimits": _rate_limits,
    "latencyMs": _latency,
    "noCapacity": _no_capacity,
    "instanceMemoryMb": _instance_memory,
    "instanceDiskMb": _instance_disk,
}
