"""What an endpoint costs an hour, and how certain that is."""

import json
from decimal import Decimal

import pytest

from endpoint_operator.aws.hosting_price import hosting_price
from endpoint_operator.aws.prices import price_list_region
from endpoint_operator.catalogue.prices import bundled_prices
from endpoint_operator.planning.cost import Cost, Machines, Price, PriceSource, cost_of

LISTED, BUNDLED, ESTIMATED = PriceSource.PRICE_LIST, PriceSource.BUNDLED, PriceSource.ESTIMATED
PRICES = {
    "ml.m5.xlarge": Price(usd_per_hour=Decimal("0.2300000000"), source=LISTED, as_of="2026-11-20"),
    "ml.g5.xlarge": Price(usd_per_hour=Decimal("1.4084"), source=BUNDLED, as_of="2025-04-11"),
    "ml.c6g.large": Price(usd_per_hour=Decimal("0.0816"), source=ESTIMATED, as_of="2026-07-20"),
    "ml.p5.48xlarge": Price(usd_per_hour=Decimal("63.296"), source=LISTED, as_of="2026-11-19"),
}


@pytest.mark.parametrize(
    ("fleet", "cost"),
    [
        ([("ml.m5.xlarge", 1)], ("0.23", LISTED, "2026-11-20")),
        ([("ml.m5.xlarge", 3)], ("0.69", LISTED, "2026-11-20")),
        ([("ml.p5.48xlarge", 1000)], ("63296.00", LISTED, "2026-11-19")),
        ([("ml.g5.xlarge", 2), ("ml.m5.xlarge", 1)], ("3.0468", BUNDLED, "2025-04-11")),
        ([("ml.m5.xlarge", 1), ("ml.c6g.large", 1)], ("0.3116", ESTIMATED, "2026-07-20")),
        ([("ml.c6g.large", 1), ("ml.g5.xlarge", 1)], ("1.49", ESTIMATED, "2025-04-11")),
        ([("ml.m5.xlarge", 2), ("ml.m5.xlarge", 2)], ("0.92", LISTED, "2026-11-20")),
        ([("ml.m5.xlarge", 0)], ("0.00", LISTED, "2026-11-20")),
        ([("ml.m5.xlarge", 1), ("ml.unheard.of", 1)], None),
        ([], None),
    ],
)
def test_a_cost_is_instances_times_prices_as_certain_as_the_least_certain_of_them(
    *, fleet: list[tuple[str, int]], cost: tuple[str, PriceSource, str] | None
) -> None:
    machines = [Machines(instance_type=instance_type, count=count) for instance_type, count in fleet]
    wanted = Cost(hourly_usd=cost[0], source=cost[1], as_of=cost[2]) if cost else None
    assert cost_of(machines, PRICES) == wanted


def test_bundled_prices_say_which_were_seen_and_which_are_estimated() -> None:
    prices = bundled_prices("us-east-1")
    assert prices["ml.m5.xlarge"] == Price(usd_per_hour=Decimal("0.23"), source=BUNDLED, as_of="2025-04-11")
    assert prices["ml.c5.18xlarge"] == Price(usd_per_hour=Decimal("3.672"), source=ESTIMATED, as_of="2026-07-20")
    assert all(price.usd_per_hour > 0 for price in prices.values())


def test_no_price_is_made_up_for_a_region_that_is_not_in_the_table() -> None:
    assert bundled_prices("eu-central-1") == {}


@pytest.mark.parametrize(
    ("region", "served_in"),
    [
        ("us-east-1", "us-east-1"),
        ("us-west-2", "us-east-1"),
        ("sa-east-1", "us-east-1"),
        ("eu-north-1", "eu-central-1"),
        ("il-central-1", "eu-central-1"),
        ("ap-northeast-2", "ap-south-1"),
        ("us-gov-west-1", None),
        ("us-iso-east-1", None),
        ("eu-isoe-west-1", None),
        ("eusc-de-east-1", None),
        ("cn-north-1", None),
    ],
)
def test_prices_are_asked_for_on_the_same_continent_and_only_where_they_are_in_dollars(
    region: str, served_in: str | None
) -> None:
    assert price_list_region(region) == served_in


@pytest.mark.parametrize(
    ("usage_type", "unit", "currency", "usd"),
    [
        ("USE1-Host:ml.m5.xlarge", "Hrs", "USD", "0.23"),
        ("Host:ml.m5.xlarge", "Hrs", "USD", "0.23"),
        ("USE1-AsyncInf:ml.m5.xlarge", "Hrs", "USD", None),
        ("USE1-Train:ml.m5.xlarge", "Hrs", "USD", None),
        ("USE1-Host:ml.m5.xlarge.savings", "Hrs", "USD", None),
        ("USE1-Host:ml.m5.xlarge", "Seconds", "USD", None),
        ("CNN1-Host:ml.m5.xlarge", "Hrs", "CNY", None),
    ],
)
def test_of_all_products_of_an_instance_type_only_hosting_by_the_hour_in_dollars_is_its_price(
    *, usage_type: str, unit: str, currency: str, usd: str | None
) -> None:
    element = {
        "product": {"attributes": {"usagetype": usage_type}},
        "publicationDate": "2026-11-20T02:56:06Z",
        "terms": {
            "OnDemand": {
                "A.B": {"priceDimensions": {"A.B.C": {"unit": unit, "pricePerUnit": {currency: "0.2300000000"}}}}
            }
        },
    }
    price = hosting_price([json.dumps(element)], "ml.m5.xlarge")
    assert price == (Price(usd_per_hour=Decimal(usd), source=LISTED, as_of="2026-11-20") if usd else None)
