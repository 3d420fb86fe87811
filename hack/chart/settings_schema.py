"""The values below `settings`: one for each flag of the operator that the chart does not set from values of its own."""

from typing import Any, Final

from endpoint_operator.settings import Settings

SET_BY_THE_CHART: Final = {
    "namespaces": "watchNamespaces",
    "operator_namespace": "the release's namespace",
    "http_address": "metrics.port",
    "packer_image": "packer.image",
    "tenancy_file": "tenancy.rules",
}
"""Flag to where its value comes from."""

_KEPT: Final = ("type", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "default", "description")


def settings_properties() -> dict[str, dict[str, Any]]:
    """By the flag's name in camelCase, as JSON schema: its type and bounds, its default, and what --help says of it."""
    properties = Settings.model_json_schema()["properties"]
    return {camel_case(flag): _property(given) for flag, given in properties.items() if flag not in SET_BY_THE_CHART}


def camel_case(flag: str) -> str:
    """default_execution_role_arn becomes defaultExecutionRoleArn."""
    first, *others = flag.split("_")
    return first + "".join(word.capitalize() for word in others)


def _property(given: dict[str, Any]) -> dict[str, Any]:
    """Of something or null only the something: what is not set is left out of the values."""
    [typed] = [option for option in given.get("anyOf", [given]) if option.get("type") != "null"]
    merged = {**typed, **given}
    kept = {name: merged[name] for name in _KEPT if merged.get(name) not in (None, "")}
    if kept.get("type") == "string" and "enum" not in kept:
        kept["minLength"] = 1
    return kept
