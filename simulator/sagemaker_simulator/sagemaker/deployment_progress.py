"""An endpoint as DescribeEndpoint shows it at one step of a deployment: from record to record, pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from .deployment_step import Said, Step
from .records import Endpoint, Variant, VariantStatus


def at_step(endpoint: Endpoint, step: Step, *, now: datetime) -> Endpoint:
    """Return the endpoint while the step, which begins now, lasts."""

    def of_old(variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
        return tuple(
            _at(each, count=step.old.get(each.name, each.current_count), said=step.of_old, now=now) for each in variants
        )

    def of_new(variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
        return tuple(_at(each, count=step.new.get(each.name, 0), said=step.of_new, now=now) for each in variants)

    pending = endpoint.pending
    if pending is not None:
        pending = replace(pending, variants=of_new(pending.variants), shadows=of_new(pending.shadows))
    return replace(endpoint, variants=of_old(endpoint.variants), shadows=of_old(endpoint.shadows), pending=pending)


def _at(variant: Variant, *, count: int, said: Mapping[str, Said], now: datetime) -> Variant:
    about = said.get(variant.name)
    status = VariantStatus(stage=about.stage, message=about.message, since=now) if about is not None else None
    return replace(variant, current_count=count, status=status)


def mixes(shares: Mapping[str, float]) -> bool:
    """Tell whether both fleets answer."""
    return any(0.0 < share < 1.0 for share in shares.values())
