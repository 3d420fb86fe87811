"""The account's quota of instances for endpoints, by instance type ("ml.X for endpoint usage" in Service Quotas).

A blue/green update needs the whole new fleet beside the old one, a rolling one needs one batch beside it (SageMaker
Developer Guide, "Deployment guardrails": "rolling deployments ... reduced capacity requirements").
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from sagemaker_simulator.serverless.allocation import allocated

from .deployment_policy import Policy
from .deployment_step import Counts
from .deployment_steps import deployment
from .estate import Estate
from .records import Endpoint, Status, Variant
from .refusals import over_quota

Needs = Mapping[str, int]  # instances by type, and what serverless variants have instead


def of_creation(wanted: Sequence[Variant]) -> Needs:
    """Return what a new endpoint needs."""
    return _instances(wanted, {}) + _serverless(wanted)


def of_deployment(policy: Policy, *, wanted: Sequence[Variant], current: Sequence[Variant]) -> Needs:
    """Return what an update needs at most, at any of its steps, beside what the endpoint has."""
    peak: Counter[str] = Counter()
    for step in deployment(policy, wanted=wanted, current=current, seconds=0.0):
        peak |= _instances(wanted, step.launched) + _instances(current, step.old)
    return (peak - _instances(current, {})) + (_serverless(wanted) - _serverless(current))


def of_scaling(wanted: Sequence[Variant]) -> Needs:
    """Return what a change of counts in place needs beside what the variants have now."""
    more: Counter[str] = Counter()
    for variant in wanted:
        more[variant.instance_type] += variant.desired_count - variant.current_count
    growth = _serverless(wanted)
    growth.subtract(allocated(variant.current_serverless for variant in wanted))
    return +(more + growth)


def check_quota(estate: Estate, needs: Needs, *, quota: Callable[[str], int]) -> None:
    """Raise ResourceLimitExceeded when the estate would use more instances than it may."""
    used = sum((_used_by(endpoint) for endpoint in estate.endpoints.all().values()), Counter[str]())
    for resource, delta in needs.items():
        limit = quota(resource)
        if delta > 0 and used[resource] + delta > limit:
            raise over_quota(resource=resource, limit=limit, used=used[resource], delta=delta)


def _used_by(endpoint: Endpoint) -> Counter[str]:
    """Return what an endpoint holds; while it changes, the most that it may come to hold."""
    if endpoint.status is Status.FAILED:
        return Counter()
    held: Counter[str] = Counter()
    for variant in endpoint.all_variants:
        held[variant.instance_type] += max(variant.current_count, variant.desired_count)
    held += _serverless(endpoint.all_variants) | allocated(each.current_serverless for each in endpoint.all_variants)
    return held + Counter(endpoint.pending.reserved if endpoint.pending is not None else {})


def _serverless(variants: Iterable[Variant]) -> Counter[str]:
    return allocated(variant.desired_serverless for variant in variants)


def _instances(variants: Iterable[Variant], counts: Counts) -> Counter[str]:
    """Return instances by type; a variant that is not counted has all that it desires."""
    held: Counter[str] = Counter()
    for variant in variants:
        held[variant.instance_type] += counts.get(variant.name, variant.desired_count)
    return held
