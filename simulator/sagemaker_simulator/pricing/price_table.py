"""What is known of prices: the bundled table of us-east-1, and what the setting `prices` says over it.

A region without an entry has no products at all: a price that nobody gave is not made up.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

_TABLE = "prices_us_east_1.json"
_SERVERLESS_GB = range(1, 7)  # MemorySizeInMB of ServerlessConfig: 1024 to 6144 in steps of 1024


class ServerlessKind(StrEnum):
    """What is paid for; values are the price list's groups."""

    ON_DEMAND = "ServerlessInf"
    PROVISIONED_USAGE = "ServerlessProvisionedConcurrency-Usage"
    PROVISIONED_DURATION = "ServerlessProvisionedConcurrency-Duration"


# Of the price of a second that is computed on demand. "Amazon SageMaker Pricing", Serverless Inference, us-east-1, for
# 2 GB: 0.00004 USD on demand; with provisioned concurrency 0.00001 for being ready and 0.000023 for computing. The
# shares stand for the other sizes too.
_SHARES = {
    ServerlessKind.ON_DEMAND: 1.0,
    ServerlessKind.PROVISIONED_USAGE: 0.25,
    ServerlessKind.PROVISIONED_DURATION: 0.575,
}


@dataclass(frozen=True, kw_only=True)
class Price:
    """A price in USD: an instance's an hour, or a second of what `kind` says of a serverless endpoint."""

    region: str
    usd: float
    instance_type: str | None = None
    memory_gb: int | None = None
    kind: ServerlessKind | None = None


def prices(overrides: Mapping[str, float]) -> Iterator[Price]:
    """Yield every price; `overrides` holds USD an hour by REGION/INSTANCE_TYPE."""
    table = _table()
    region = table["region"]
    known = {f"{region}/{name}": float(entry["usd_per_hour"]) for name, entry in table["instances"].items()}
    for key, usd in sorted({**known, **overrides}.items()):
        place, _, instance_type = key.partition("/")
        yield Price(region=place, usd=usd, instance_type=instance_type)
    for memory in _SERVERLESS_GB:
        for kind, share in _SHARES.items():
            usd = memory * share * float(table["serverless"]["usd_per_gb_second"])
            yield Price(region=region, usd=usd, memory_gb=memory, kind=kind)


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads((files(__package__) / _TABLE).read_text())
    return table
