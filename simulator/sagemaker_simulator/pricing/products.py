"""A price as the price list writes it: a product with its attributes, and the terms on demand.

Attribute names and the shape are those of GetProducts (FormatVersion aws_v1) for AmazonSageMaker. SKUs are ours, made
from the usage type; the codes of the term and of the rate are those that AWS uses for everything on demand.
"""

import base64
import hashlib
from typing import Any

from .price_table import Price, ServerlessKind
from .regions import PRICE_REGIONS

SERVICE_CODE = "AmazonSageMaker"
_ON_DEMAND = "JRTCKXETXF"
_RATE = "6YS6EN2CT7"
_USAGE_TYPES = {
    ServerlessKind.ON_DEMAND: "ServerlessInf:Mem",
    ServerlessKind.PROVISIONED_USAGE: "ProvisionedConcurrency:Usage",
    ServerlessKind.PROVISIONED_DURATION: "ProvisionedConcurrency:Mem",
}
_PUBLISHED = "2026-07-20T13:44:30Z"  # the date of the bundled table


def product(price: Price) -> dict[str, Any]:
    """Return one element of the price list."""
    attributes, family, unit = _serverless(price) if price.instance_type is None else _instance(price)
    region = PRICE_REGIONS[price.region]
    sku = _sku(attributes["usagetype"])
    return {
        "product": {
            "productFamily": family,
            "attributes": {
                "servicecode": SERVICE_CODE,
                "servicename": "Amazon SageMaker",
                "regionCode": price.region,
                "location": region.location,
                "locationType": "AWS Region",
                **attributes,
            },
            "sku": sku,
        },
        "serviceCode": SERVICE_CODE,
        "terms": {"OnDemand": _on_demand(sku, price, unit=unit, usage_type=attributes["usagetype"])},
        "version": _PUBLISHED.translate(str.maketrans("", "", "-:TZ")),
        "publicationDate": _PUBLISHED,
    }


def _instance(price: Price) -> tuple[dict[str, str], str, str]:
    name = str(price.instance_type)
    attributes = {
        "instanceName": name,
        "instanceType": f"{name}-Hosting",
        "platoinstancename": name,
        "platoinstancetype": "Hosting",
        "component": "Hosting",
        "usagetype": f"{PRICE_REGIONS[price.region].usage_prefix}-Host:{name}",
        "operation": "RunInstance",
    }
    return attributes, "ML Instance", "Hrs"


def _serverless(price: Price) -> tuple[dict[str, str], str, str]:
    kind = price.kind or ServerlessKind.ON_DEMAND
    usage = f"{PRICE_REGIONS[price.region].usage_prefix}-{_USAGE_TYPES[kind]}-{price.memory_gb}GB"
    attributes = {"component": "Serverless Inference", "group": kind.value, "usagetype": usage}
    return attributes, "ML Serverless", "Seconds"


def _on_demand(sku: str, price: Price, *, unit: str, usage_type: str) -> dict[str, Any]:
    term = f"{sku}.{_ON_DEMAND}"
    rate = f"{term}.{_RATE}"
    usd = f"{price.usd:.10f}"
    dimension = {
        "unit": unit,
        "endRange": "Inf",
        "description": f"${usd.rstrip('0')} per {unit} for {usage_type}",
        "appliesTo": [],
        "rateCode": rate,
        "beginRange": "0",
        "pricePerUnit": {"USD": usd},
    }
    return {
        term: {
            "priceDimensions": {rate: dimension},
            "sku": sku,
            "effectiveDate": _PUBLISHED,
            "offerTermCode": _ON_DEMAND,
            "termAttributes": {},
        }
    }


def _sku(usage_type: str) -> str:
    return base64.b32encode(hashlib.sha256(usage_type.encode()).digest())[:16].decode()
