"""Which instances and units of provisioned concurrency are billed: those that serve, and those that are being made."""

from collections.abc import Mapping

from endpoint_operator.api.names import revision_of
from endpoint_operator.api.status import CostStatus, RevisionStatus
from endpoint_operator.planning.cost import Machines, Price, cost_of
from endpoint_operator.planning.facts import LiveEndpoint, LiveVariant, PendingVariant
from endpoint_operator.planning.serverless_price import billed_units


def cost_status(
    live: LiveEndpoint | None, rows: Mapping[str, RevisionStatus], prices: Mapping[str, Price]
) -> CostStatus | None:
    """The cost of what is there now; None while a type or a price is unknown. `rows` by revision."""
    fleet = _machines(live, rows) if live is not None else None
    cost = cost_of(fleet, prices) if fleet else None
    if cost is None:
        return None
    return CostStatus(hourly_usd=cost.hourly_usd, source=cost.source.value, as_of=cost.as_of)


def _machines(live: LiveEndpoint, rows: Mapping[str, RevisionStatus]) -> list[Machines] | None:
    now, next_one = _types(live.config_name, live, rows), _types(live.pending_config_name, live, rows)
    counts = [pair for variant in live.all_variants for pair in _counts(variant, now)]
    counts += [pair for variant in live.pending for pair in _counts(variant, next_one)]
    groups = [Machines(instance_type=kind, count=count) for kind, count in counts if kind is not None]
    return groups if len(groups) == len(counts) else None


def _counts(variant: LiveVariant | PendingVariant, types: Mapping[str, str]) -> list[tuple[str | None, int]]:
    """Instances by type: SageMaker says which of several pools it took, and the spec where there is one type."""
    if variant.current_serverless is not None:
        units = billed_units(variant.current_serverless)
        return [(units.instance_type, units.count)]
    return [*variant.pools.items()] or [(types.get(variant.name), variant.current_count or 0)]


def priced_by(live: LiveEndpoint) -> set[str]:
    """What the prices of the endpoint are asked for, beside the instance types of its revisions."""
    fleet: list[LiveVariant | PendingVariant] = [*live.all_variants, *live.pending]
    units = {billed_units(each.current_serverless).instance_type for each in fleet if each.current_serverless}
    return units | {kind for each in fleet for kind in each.pools}


def _types(config_name: str | None, live: LiveEndpoint, rows: Mapping[str, RevisionStatus]) -> Mapping[str, str]:
    """Instance types by variant of the revision that an endpoint config belongs to."""
    revision = revision_of(config_name=config_name, endpoint_name=live.name) if config_name is not None else None
    row = rows.get(revision) if revision is not None else None
    return row.instance_types if row is not None else {}
