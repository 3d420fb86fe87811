"""What users may write: JSON of any shape, odd texts, and objects as the API server admits them by a CRD."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

CRDS = Path(__file__).parents[3] / "crds"
# What has broken parsers elsewhere.
_ODD = (
    "",
    " ",
    "\0",
    "..",
    "../../etc/passwd",
    "s3://",
    "s3:///",
    "s3://b",
    "arn:",
    "arn:aws:iam::1:role/x",
    "{}",
    "%s",
    "$(x)",
    "-1",
    "1e999",
    "9" * 5000,
    "٣",
    "\ud7ff",
    "a" * 2000,
    "cron(* * * * ? *)",
    "rate(1 minute)",
    "at(0001-01-01T00:00:00)",
    "at(9999-12-31T23:59:59)",
)  # fmt: skip

texts = st.one_of(st.sampled_from(_ODD), st.text(max_size=40))
scalars = st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), texts)
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=8
)
json_objects = st.dictionaries(texts, json_values, max_size=4)


def crd_schema(plural: str) -> dict[str, Any]:
    """The OpenAPI schema of the whole object."""
    document = yaml.safe_load((CRDS / f"{plural}.yaml").read_text(encoding="utf-8"))
    schema: dict[str, Any] = document["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    return schema


@st.composite
def admitted(draw: st.DrawFn, schema: Mapping[str, Any]) -> Any:
    """A value of the schema's types, enumerations and bounds; its patterns and rules are left to what reads it."""
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    if schema.get("x-kubernetes-int-or-string"):
        return draw(st.one_of(st.integers(-(2**31), 2**31 - 1), texts))
    kind = schema.get("type")
    if kind == "object":
        return draw(_objects(schema))
    if kind == "array":
        most = min(schema.get("maxItems", 3), 3)
        least = min(schema.get("minItems", 0), most)
        return draw(st.lists(admitted(schema["items"]), min_size=least, max_size=most))
    return draw(_SCALARS[kind](schema)) if kind in _SCALARS else draw(json_values)


@st.composite
def _objects(draw: st.DrawFn, schema: Mapping[str, Any]) -> dict[str, Any]:
    members = schema.get("properties", {})
    if not members:
        inner = schema.get("additionalProperties")
        return draw(st.dictionaries(texts, admitted(inner), max_size=3) if isinstance(inner, dict) else json_objects)
    optional = sorted(set(members) - set(schema.get("required", ())))
    chosen = draw(st.lists(st.sampled_from(optional), unique=True, max_size=5)) if optional else []
    return {name: draw(admitted(members[name])) for name in [*schema.get("required", ()), *chosen]}


@st.composite
def spoilt(draw: st.DrawFn, values: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    """An object with any JSON in the place of one member: as another release's CRD lets in."""
    value = draw(values)
    if members := sorted(value):
        value[draw(st.sampled_from(members))] = draw(json_values)
    return value


def _bounded(schema: Mapping[str, Any]) -> tuple[int, int]:
    return int(schema.get("minimum", -(2**63))), int(schema.get("maximum", 2**63 - 1))


def _strings(schema: Mapping[str, Any]) -> st.SearchStrategy[str]:
    """Of a length that the API server lets in, and now and then of the pattern."""
    least, most = schema.get("minLength", 0), schema.get("maxLength", 2**20)
    fitting = texts.map(lambda text: text[:most].ljust(least, "x"))
    pattern = schema.get("pattern")
    return fitting if pattern is None else st.one_of(fitting, _of_pattern(pattern, most))


@cache
def _of_pattern(pattern: str, most: int) -> st.SearchStrategy[str]:
    return st.from_regex(pattern).filter(lambda text: len(text) <= most)


_SCALARS: dict[Any, Callable[[Mapping[str, Any]], st.SearchStrategy[Any]]] = {
    "string": _strings,
    "integer": lambda schema: st.integers(*_bounded(schema)),
    "number": lambda schema: st.floats(schema.get("minimum"), schema.get("maximum"), allow_nan=False),
    "boolean": lambda _schema: st.booleans(),
}
