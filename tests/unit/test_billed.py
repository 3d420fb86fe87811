"""Which instances a cost is made of: what SageMaker says that there is, priced by type."""

from dataclasses import replace
from decimal import Decimal

from endpoint_operator.api.status import VariantStatus
from endpoint_operator.planning.billed import cost_status
from endpoint_operator.planning.cost import Price, PriceSource
from endpoint_operator.planning.facts import LiveEndpoint, LiveStatus, PendingVariant
from endpoint_operator.planning.recorded import recorded_endpoint
from tests.unit.edits import with_shadow
from tests.unit.given import known, live, revision, row, status

PRICES = {
    kind: Price(usd_per_hour=Decimal(usd), source=PriceSource.PRICE_LIST, as_of="2026-11-20")
    for kind, usd in {"ml.m5.large": "1", "ml.c5.xlarge": "10"}.items()
}
TYPES = {"instance_types": {"AllTraffic": "ml.m5.large", "candidate": "ml.m5.large"}}
ROWS = {revision(spec): row(spec).model_copy(update=TYPES) for spec in (None, with_shadow())}


def hourly(seen: LiveEndpoint | None) -> str | None:
    cost = cost_status(seen, ROWS, PRICES)
    return cost.hourly_usd if cost is not None else None


def in_pools(**counts: int) -> LiveEndpoint:
    """One variant, by instance family."""
    pools = {kind: counts[kind.split(".")[1]] for kind in PRICES if kind.split(".")[1] in counts}
    seen = live(count=sum(counts.values()))
    return replace(seen, variants=(replace(seen.variants[0], pools=pools),))


def test_every_instance_is_billed_the_shadows_too() -> None:
    assert hourly(live(count=3)) == "3.00"
    assert hourly(live(with_shadow(), count=3)) == "6.00"
    assert hourly(None) is None


def test_of_several_pools_those_are_billed_that_sagemaker_took() -> None:
    assert hourly(in_pools(c5=2)) == "20.00"
    assert hourly(in_pools(m5=1, c5=2)) == "21.00"


def test_the_pools_are_known_after_a_restart() -> None:
    seen = in_pools(m5=1, c5=2)
    variants = [VariantStatus(name="AllTraffic", current_instance_count=3, instance_pools=dict(seen.variants[0].pools))]
    remembered = status(row(), endpoint=known(seen)).model_copy(update={"variants": variants})
    assert hourly(recorded_endpoint(remembered)) == "21.00"


def test_the_fleet_that_comes_is_billed_beside_the_one_that_goes() -> None:
    coming = PendingVariant(name="AllTraffic", stage="Baking", current_count=1, pools={"ml.c5.xlarge": 1})
    seen = live(count=2, status=LiveStatus.UPDATING)
    assert hourly(replace(seen, pending_config_name=seen.config_name, pending=(coming,))) == "12.00"
