"""How the price list writes a region: the first letters of its usage types, and its location in words.

Source: "Region" and usage types in AWS Cost and Usage Reports; the price list says `EU (Ireland)` where other services
say `Europe (Ireland)`.
"""

from typing import NamedTuple


class PriceRegion(NamedTuple):
    """As in the usage type `USE1-Host:ml.m5.large` and the location `US East (N. Virginia)`."""

    usage_prefix: str
    location: str


PRICE_REGIONS = {
    "us-east-1": PriceRegion("USE1", "US East (N. Virginia)"),
    "us-east-2": PriceRegion("USE2", "US East (Ohio)"),
    "us-west-1": PriceRegion("USW1", "US West (N. California)"),
    "us-west-2": PriceRegion("USW2", "US West (Oregon)"),
    "ca-central-1": PriceRegion("CAN1", "Canada (Central)"),
    "sa-east-1": PriceRegion("SAE1", "South America (Sao Paulo)"),
    "eu-west-1": PriceRegion("EU", "EU (Ireland)"),
    "eu-west-2": PriceRegion("EUW2", "EU (London)"),
    "eu-west-3": PriceRegion("EUW3", "EU (Paris)"),
    "eu-central-1": PriceRegion("EUC1", "EU (Frankfurt)"),
    "eu-north-1": PriceRegion("EUN1", "EU (Stockholm)"),
    "ap-south-1": PriceRegion("APS3", "Asia Pacific (Mumbai)"),
    "ap-northeast-1": PriceRegion("APN1", "Asia Pacific (Tokyo)"),
    "ap-northeast-2": PriceRegion("APN2", "Asia Pacific (Seoul)"),
    "ap-southeast-1": PriceRegion("APS1", "Asia Pacific (Singapore)"),
    "ap-southeast-2": PriceRegion("APS2", "Asia Pacific (Sydney)"),
}
