"""What is known of prices: the bundled table of us-east-1, and what the setting `prices` says over it.

A region without an entry has no products at all: a price that nobody gave is not made up.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

_TABLE = "prices_us_east_1.json"
_SERVERLESS_GB = range(1, 7)  # MemorySizeInMB of ServerlessConfig: 1024 to 6144 in steps of 1024


@dataclass(frozen=True, kw_only=True)
class Price:
    """A price in USD: an instance's an hour, a serverless endpoint's (`memory_gb`) a second that it computes."""

    region: str
    usd: float
    instance_type: str | None = None
    memory_gb: int | None = None


def prices(overrides: Mapping[str, float]) -> Iterator[Price]:
    """Yield every price; `overrides` holds USD an hour by REGION/INSTANCE_TYPE."""
    table = _table()
    region = table["region"]
    known = {f"{region}/{name}": float(entry["usd_per_hour"]) for name, entry in table["instances"].items()}
    for key, usd in sorted({**known, **overrides}.items()):
        place, _, instance_type = key.partition("/")
        yield Price(region=place, usd=usd, instance_type=instance_type)
    for memory in _SERVERLESS_GB:
        yield Price(region=region, usd=memory * float(table["serverless"]["usd_per_gb_second"]), memory_gb=memory)


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads((files(__package__) / _TABLE).read_text())
    return table
