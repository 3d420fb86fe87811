"""Provisioned concurrency that the spec no longer asks for.

An update in place has a value for it from 1 upwards (API reference, ServerlessUpdateConfig): only UpdateEndpoint
to an endpoint config without it takes it away (SageMaker Developer Guide, "Update a serverless endpoint"). Models and
memory stay as they are, so that config is one more of the same revision.
"""

from endpoint_operator.planning.case import Case
from endpoint_operator.planning.desired import Capacities, Desired
from endpoint_operator.planning.facts import LiveVariant


def provisioned_must_go(case: Case) -> bool:
    """Whether a variant has provisioned concurrency that nobody wants."""
    live = case.live
    return live is not None and any(_has_too_much(variant, case.desired) for variant in live.all_variants)


def begins_with_too_much(config: Capacities, wanted: Capacities) -> bool:
    """Whether an endpoint config would give a variant provisioned concurrency that nobody wants."""
    return any(
        each.provisioned is not None and name in wanted.concurrencies and wanted.concurrencies[name].provisioned is None
        for name, each in config.concurrencies.items()
    )


def _has_too_much(variant: LiveVariant, desired: Desired) -> bool:
    there, wanted = variant.desired_serverless or variant.current_serverless, desired.variant(variant.name)
    if there is None or wanted is None or wanted.concurrency is None:
        return False
    return wanted.concurrency.provisioned is None and there.concurrency.provisioned is not None
