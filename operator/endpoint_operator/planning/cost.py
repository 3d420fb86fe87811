"""What an endpoint costs an hour: instances, or units of provisioned concurrency, times their price.

SageMaker also bills volumes and traffic, which are small beside them, and serverless by the request, which nobody can
foresee.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class PriceSource(StrEnum):
    """From the most to the least certain."""

    PRICE_LIST = "PriceList"
    BUNDLED = "Bundled"
    ESTIMATED = "Estimated"


@dataclass(frozen=True, kw_only=True)
class Price:
    """What one instance for hosting, or one unit of provisioned concurrency, costs."""

    usd_per_hour: Decimal
    source: PriceSource
    as_of: str
    """Date of the price table, as in 2026-07-20."""


@dataclass(frozen=True, kw_only=True)
class Machines:
    """Instances of one type that are billed: of a variant, of the shadow, of the fleet that a rollout replaces."""

    instance_type: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Cost:
    """As `status.cost` says it."""

    hourly_usd: str
    """Decimal, with two to six places."""
    source: PriceSource
    """Of the least certain price in it."""
    as_of: str
    """Of the oldest price in it."""


def cost_of(fleet: Iterable[Machines], prices: Mapping[str, Price]) -> Cost | None:
    """The cost of a fleet at prices by instance type; None while a price is unknown, or when there is no fleet.

    A sum that leaves something out would be wrong, and wrong in the dear direction.
    """
    groups = list(fleet)
    if not groups or any(group.instance_type not in prices for group in groups):
        return None
    used = [prices[group.instance_type] for group in groups]
    total = sum((prices[group.instance_type].usd_per_hour * group.count for group in groups), Decimal(0))
    sources = list(PriceSource)
    return Cost(
        hourly_usd=_decimal_string(total),
        source=max((price.source for price in used), key=sources.index),
        as_of=min(price.as_of for price in used),
    )


def _decimal_string(usd: Decimal) -> str:
    whole, _, places = f"{usd:.6f}".partition(".")
    return f"{whole}.{places.rstrip('0'):0<2}"
