"""What an endpoint runs on, as people say it: 2 × ml.m5.large; serverless with 3072 MB."""

from collections.abc import Mapping, Sequence

from endpoint_operator.planning.concurrency import Concurrency
from endpoint_operator.planning.desired_variants import DesiredVariant
from endpoint_operator.planning.facts import LiveVariant

# Instances by type, or the words for a serverless variant.
Capacity = Mapping[str, int] | str


def what_it_runs_on(variant: DesiredVariant) -> Capacity:
    """What a variant begins with."""
    if variant.instance is not None:
        return {variant.instance.type: variant.count}
    return _serverless(variant, variant.concurrency)


def what_it_has(variant: DesiredVariant, live: LiveVariant | None) -> Capacity:
    """What there is of a variant: SageMaker says which of several pools it took."""
    if variant.instance is None:
        seen = live.current_serverless if live is not None else None
        return _serverless(variant, seen.concurrency if seen is not None else variant.concurrency)
    if live is None:
        return {variant.instance.type: 0}
    return live.pools or {variant.instance.type: live.current_count or 0}


def fleet_in_words(capacities: Sequence[Capacity]) -> str:
    counts: dict[str, int] = {}
    words: list[str] = []
    for capacity in capacities:
        if isinstance(capacity, str):
            words.append(capacity)
            continue
        for kind, count in capacity.items():
            counts[kind] = counts.get(kind, 0) + count
    return ", ".join([*(f"{count} × {kind}" for kind, count in counts.items()), *words])


def _serverless(variant: DesiredVariant, concurrency: Concurrency | None) -> str:
    memory = variant.serverless.memory_mb if variant.serverless is not None else 0
    return f"serverless with {memory} MB, {concurrency}"
