"""The price of what is paid by the hour, out of an answer of the Price List API."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from endpoint_operator.planning.cost import Price, PriceSource
from endpoint_operator.planning.serverless_price import memory_of


def filters_for(kind: str) -> dict[str, str]:
    """What GetProducts is asked for, beside the region: an instance type, or units of provisioned concurrency."""
    if memory_of(kind) is None:
        return {"instanceName": kind}
    return {"group": "ServerlessProvisionedConcurrency-Usage"}


def hourly_price(price_list: Iterable[str], kind: str) -> Price | None:
    """The price of an instance type, or of a unit of provisioned concurrency."""
    memory_gb = memory_of(kind)
    return hosting_price(price_list, kind) if memory_gb is None else provisioned_price(price_list, memory_gb)


def provisioned_price(price_list: Iterable[str], memory_gb: int) -> Price | None:
    """What a unit of provisioned concurrency costs an hour for being ready; the list has its price by the second.

    Its usage type is `USE1-ProvisionedConcurrency:Usage-2GB`; `...:Mem-2GB` is paid for computing.
    """
    usage = re.compile(rf"([A-Z0-9]+-)?ProvisionedConcurrency:Usage-{memory_gb}GB")
    price = _price(price_list, usage, unit="Seconds")
    return replace(price, usd_per_hour=price.usd_per_hour * 3600) if price is not None else None


def hosting_price(price_list: Iterable[str], instance_type: str) -> Price | None:
    """The on-demand price of an hour, from elements of `PriceList` (GetProducts, FormatVersion aws_v1).

    None where no element is about hosting that type for dollars. An instance type has a product for each use
    (training, notebooks, asynchronous inference); that for hosting has the usage type `USE1-Host:ml.m5.large`.
    """
    return _price(price_list, re.compile(rf"([A-Z0-9]+-)?Host:{re.escape(instance_type)}"), unit="Hrs")


def _price(price_list: Iterable[str], usage: re.Pattern[str], *, unit: str) -> Price | None:
    for element in price_list:
        document = json.loads(element)
        if usage.fullmatch(document["product"]["attributes"].get("usagetype", "")) is None:
            continue
        usd = _usd(document, unit=unit)
        if usd is not None:
            return Price(usd_per_hour=usd, source=PriceSource.PRICE_LIST, as_of=document["publicationDate"][:10])
    return None


def _usd(document: dict[str, Any], *, unit: str) -> Decimal | None:
    for term in document["terms"].get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            if dimension["unit"] == unit and "USD" in dimension["pricePerUnit"]:
                return Decimal(dimension["pricePerUnit"]["USD"])
    return None
