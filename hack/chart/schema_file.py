"""values.schema.json: types are written there by hand, descriptions, settings and rules are put into it."""

import json
from collections.abc import Iterable
from typing import Any

from hack.chart.documented_values import Schema, Undocumented, Value, property_of
from hack.chart.tenancy_schema import rule_schema

# What a chart above this one may set without our values.yaml naming it.
_OF_A_PARENT_CHART = {
    "global": "Values that all charts of a release share; this one reads none.",
    "enabled": "Read by the condition of a chart that has this one as a dependency; this one reads it nowhere.",
}


def completed(schema: Schema, values: Iterable[Value], settings: dict[str, dict[str, Any]]) -> Schema:
    """The schema with descriptions, defaults and settings.

    Raises Undocumented where it has a property that values.yaml does not tell of.
    """
    whole: Schema = json.loads(json.dumps(schema))
    for value in values:
        property_of(whole, value.path)["description"] = value.description
    for name, description in _OF_A_PARENT_CHART.items():
        whole["properties"][name]["description"] = description
    whole["properties"]["settings"]["properties"] = settings
    property_of(whole, ("tenancy", "rules"))["items"] = rule_schema()
    untold = [name for name in _leaves(whole, ()) if not name[1].get("description")]
    if untold:
        raise Undocumented(f"values.yaml does not tell of {'.'.join(untold[0][0])}, which values.schema.json allows")
    return whole


def written(schema: Schema) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _leaves(schema: Schema, above: tuple[str, ...]) -> list[tuple[tuple[str, ...], Schema]]:
    """Properties that are no mere folder of others. What has a description of its own is told of as a whole."""
    found: list[tuple[tuple[str, ...], Schema]] = []
    for name, inside in schema["properties"].items():
        path = (*above, name)
        folder = inside.get("properties") and not inside.get("description")
        found += _leaves(inside, path) if folder else [(path, inside)]
    return found
