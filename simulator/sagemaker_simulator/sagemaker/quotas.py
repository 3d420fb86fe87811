"""The account's quota of instances for endpoints, by instance type ("ml.X for endpoint usage" in Service Quotas).

An update is held to the difference that it makes, not to both fleets at once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from .estate import Estate
from .records import Endpoint, Status, Variant
from .refusals import over_quota


def check_quota(
    estate: Estate, *, wanted: Sequence[Variant], instead_of: Sequence[Variant], quota: Callable[[str], int]
) -> None:
    """Raise ResourceLimitExceeded when the estate would use more instances than it may."""
    used = sum((_used_by(endpoint) for endpoint in estate.endpoints.all().values()), Counter[str]())
    held = _desired(instead_of)
    for instance_type, count in _desired(wanted).items():
        delta = count - held[instance_type]
        limit = quota(instance_type)
        if delta > 0 and used[instance_type] + delta > limit:
            raise over_quota(instance_type=instance_type, limit=limit, used=used[instance_type], delta=delta)


def _used_by(endpoint: Endpoint) -> Counter[str]:
    if endpoint.status is Status.FAILED:
        return Counter()
    pending = endpoint.pending.variants if endpoint.pending is not None else ()
    return _desired(endpoint.variants) | _desired(pending)


def _desired(variants: Iterable[Variant]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for variant in variants:
        counts[variant.instance_type] += max(variant.current_count, variant.desired_count)
    return counts
