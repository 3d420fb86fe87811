"""Which products the filters of GetProducts leave (Filter in the Price List API reference)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any


def fits(product: Mapping[str, Any], filters: Sequence[Mapping[str, str]]) -> bool:
    """Tell whether a product passes every filter. Field names are taken in any case: `ServiceCode`, `regionCode`."""
    described = product["product"]
    fields = {name.lower(): str(value) for name, value in described["attributes"].items()}
    fields |= {"productfamily": described["productFamily"], "sku": described["sku"]}
    return all(_TYPES[each["Type"]](fields.get(each["Field"].lower()), each["Value"]) for each in filters)


def _listed(values: str) -> list[str]:
    return [value.strip() for value in values.split(",")]


_TYPES: Mapping[str, Callable[[str | None, str], bool]] = {
    "TERM_MATCH": lambda value, wanted: value == wanted,
    "EQUALS": lambda value, wanted: value == wanted,
    "CONTAINS": lambda value, wanted: value is not None and wanted in value,
    "ANY_OF": lambda value, wanted: value in _listed(wanted),
    "NONE_OF": lambda value, unwanted: value not in _listed(unwanted),
}
