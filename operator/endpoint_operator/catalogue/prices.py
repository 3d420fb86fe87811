"""Prices for when the price list cannot be read: `prices.json`, with its dates and sources.

Of us-east-1 only. Other regions cost more or less by factors that differ from type to type, so that a price derived for
them would be invented.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import resources

from endpoint_operator.planning.cost import Price, PriceSource
from endpoint_operator.planning.serverless_price import unit_of

# MemorySizeInMB of ServerlessConfig: 1024 to 6144 in steps of 1024.
_SERVERLESS_GB = range(1, 7)
_SOURCES = {"observed": PriceSource.BUNDLED, "estimated": PriceSource.ESTIMATED}


def bundled_prices(region: str) -> Mapping[str, Price]:
    """Prices of instances for hosting by instance type, and of units of provisioned concurrency.

    Empty for a region of which none are bundled.
    """
    known_region, prices = _table()
    return prices if region == known_region else {}


@cache
def _table() -> tuple[str, dict[str, Price]]:
    document = json.loads(resources.files(__package__).joinpath("prices.json").read_text())
    prices = {
        instance_type: Price(usd_per_hour=Decimal(usd), source=source, as_of=document[part]["asOf"])
        for part, source in _SOURCES.items()
        for instance_type, usd in document[part]["usdPerHour"].items()
    }
    return document["region"], prices | _provisioned_concurrency(document["provisionedConcurrency"])


def _provisioned_concurrency(part: Mapping[str, str]) -> dict[str, Price]:
    """One size is known, and the others are taken to cost in proportion."""
    return {
        unit_of(gb): Price(
            usd_per_hour=gb * Decimal(part["usdPerGBHour"]), source=PriceSource.ESTIMATED, as_of=part["asOf"]
        )
        for gb in _SERVERLESS_GB
    }
