"""Concurrency of serverless variants changes in place (SageMaker API reference, ServerlessUpdateConfig)."""

from endpoint_operator.planning.case import Case
from endpoint_operator.planning.changes_in_place import changeable
from endpoint_operator.planning.concurrency import Concurrency
from endpoint_operator.planning.plan import Plan, Situation
from endpoint_operator.planning.scaling.decision import spec_owns_count
from endpoint_operator.planning.steps import UpdateEndpointWeightsAndCapacities


def concurrency_differs(case: Case) -> Plan | None:
    """Provisioned concurrency that is autoscaled follows its load alone."""
    live = changeable(case)
    if live is None:
        return None
    for variant in live.all_variants:
        there = variant.desired_serverless or variant.current_serverless
        wanted = case.desired.variant(variant.name)
        if there is None or wanted is None or wanted.concurrency is None:
            continue
        owned = spec_owns_count(case, variant.name)
        change = _change(there.concurrency, wanted.concurrency, owns_provisioned=owned)
        if change is not None:
            return Plan(
                situation=Situation.UPDATING,
                reason="ConcurrencyChanging",
                message=f"serverless concurrency: {there.concurrency} → {_after(there.concurrency, change)}",
                steps=(UpdateEndpointWeightsAndCapacities(name=live.name, concurrencies={variant.name: change}),),
            )
    return None


def _change(there: Concurrency, wanted: Concurrency, *, owns_provisioned: bool) -> Concurrency | None:
    """What to ask for; None where it is there. Provisioned concurrency that stays is left out, for the load may be
    changing it; the first of it is the spec's, for there is nothing to scale before. That which is to go needs another
    endpoint config, for no update takes it away."""
    provisioned = wanted.provisioned if owns_provisioned or there.provisioned is None else None
    if provisioned == there.provisioned:
        provisioned = None
    if provisioned is None and wanted.maximum == there.maximum:
        return None
    return Concurrency(maximum=wanted.maximum, provisioned=provisioned)


def _after(there: Concurrency, change: Concurrency) -> Concurrency:
    return Concurrency(
        maximum=change.maximum, provisioned=there.provisioned if change.provisioned is None else change.provisioned
    )
