"""What a serverless endpoint costs while nobody asks it: nothing, or what is provisioned."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from endpoint_operator.api.status import CostStatus
from endpoint_operator.aws.hosting_price import filters_for, hourly_price
from endpoint_operator.catalogue.prices import bundled_prices
from endpoint_operator.planning.billed import cost_status, priced_by
from endpoint_operator.planning.cost import Price, PriceSource
from endpoint_operator.planning.facts import PendingVariant
from tests.unit.given import live
from tests.unit.test_serverless_revisions import serverless

PRICES = bundled_prices("us-east-1")


def cost(wanted: dict[str, Any]) -> CostStatus | None:
    return cost_status(live(wanted), {}, PRICES)


@pytest.mark.parametrize(
    ("wanted", "hourly"),
    [
        (serverless(), "0.00"),
        (serverless(memory=6144, most=200), "0.00"),
        (serverless(provisioned=1), "0.036"),
        (serverless(provisioned=3), "0.108"),
        (serverless(memory=1024, provisioned=3), "0.054"),
        (serverless(memory=6144, provisioned=2), "0.216"),
    ],
)
def test_the_floor_is_what_is_provisioned_by_its_memory(wanted: dict[str, Any], hourly: str) -> None:
    assert cost(wanted) == CostStatus(hourly_usd=hourly, source="Estimated", as_of="2023-05-09")


def test_no_cost_is_made_up_where_no_price_is_known() -> None:
    assert cost_status(live(serverless(provisioned=1)), {}, {}) is None


def test_what_is_provisioned_for_the_next_revision_is_paid_beside() -> None:
    seen, larger = live(serverless(provisioned=2)), live(serverless(memory=4096, provisioned=2))
    pending = PendingVariant(
        name="AllTraffic", stage="Creating", current_serverless=larger.variants[0].current_serverless
    )
    updating = replace(seen, pending_config_name="next", pending=(pending,))
    told = cost_status(updating, {}, PRICES)
    assert told is not None
    assert told.hourly_usd == "0.216"
    assert priced_by(updating) == {"provisioned concurrency of 2 GB", "provisioned concurrency of 4 GB"}


@pytest.mark.parametrize(
    ("usage_type", "unit", "usd"),
    [
        ("USE1-ProvisionedConcurrency:Usage-2GB", "Seconds", "0.036"),
        ("ProvisionedConcurrency:Usage-2GB", "Seconds", "0.036"),
        ("USE1-ProvisionedConcurrency:Usage-3GB", "Seconds", None),
        ("USE1-ProvisionedConcurrency:Mem-2GB", "Seconds", None),
        ("USE1-ServerlessInf:Mem-2GB", "Seconds", None),
        ("USE1-ProvisionedConcurrency:Usage-2GB", "Hrs", None),
    ],
)
def test_of_all_serverless_products_only_being_ready_is_its_price(
    *, usage_type: str, unit: str, usd: str | None
) -> None:
    element = {
        "product": {"attributes": {"usagetype": usage_type}},
        "publicationDate": "2026-11-20T02:56:06Z",
        "terms": {
            "OnDemand": {"A.B": {"priceDimensions": {"A.B.C": {"unit": unit, "pricePerUnit": {"USD": "0.0000100000"}}}}}
        },
    }
    found = hourly_price([json.dumps(element)], "provisioned concurrency of 2 GB")
    assert found == (
        Price(usd_per_hour=Decimal(usd), source=PriceSource.PRICE_LIST, as_of="2026-11-20") if usd else None
    )
    assert filters_for("provisioned concurrency of 2 GB") == {"group": "ServerlessProvisionedConcurrency-Usage"}
    assert filters_for("ml.m5.large") == {"instanceName": "ml.m5.large"}
