"""The price of an instance for hosting, out of an answer of the Price List API."""

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from endpoint_operator.planning.cost import Price, PriceSource


def hosting_price(price_list: Iterable[str], instance_type: str) -> Price | None:
    """The on-demand price of an hour, from elements of `PriceList` (GetProducts, FormatVersion aws_v1).

    None where no element is about hosting that type for dollars. An instance type has a product for each use
    (training, notebooks, asynchronous inference); that for hosting has the usage type `USE1-Host:ml.m5.large`.
    """
    usage = re.compile(rf"([A-Z0-9]+-)?Host:{re.escape(instance_type)}")
    for element in price_list:
        document = json.loads(element)
        if usage.fullmatch(document["product"]["attributes"].get("usagetype", "")) is None:
            continue
        usd = _usd_per_hour(document)
        if usd is not None:
            return Price(usd_per_hour=usd, source=PriceSource.PRICE_LIST, as_of=document["publicationDate"][:10])
    return None


def _usd_per_hour(document: dict[str, Any]) -> Decimal | None:
    for term in document["terms"].get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            if dimension["unit"] == "Hrs" and "USD" in dimension["pricePerUnit"]:
                return Decimal(dimension["pricePerUnit"]["USD"])
    return None
