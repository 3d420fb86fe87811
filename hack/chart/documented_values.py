"""The chart's values as values.yaml tells of them: the comment above a key is what it is for.

One place for descriptions: the README and the schema take them from here, and a value without one is refused.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

Schema = dict[str, Any]


class Undocumented(Exception):
    """A value has no comment or no place in the schema; the text names it."""


@dataclass(frozen=True, kw_only=True)
class Value:
    """One that a user may set."""

    path: tuple[str, ...]
    description: str
    default: Any

    @property
    def name(self) -> str:
        return ".".join(self.path)


def documented_values(text: str, schema: Schema) -> tuple[Value, ...]:
    """All values of values.yaml, in its order; what the schema leaves open (a Pod's affinity) is one value.

    Raises Undocumented.
    """
    root = yaml.compose(text)
    if not isinstance(root, yaml.MappingNode):
        raise Undocumented("values.yaml is no mapping of values")
    return tuple(_values(root, schema, (), text.splitlines()))


def property_of(schema: Schema, path: Sequence[str]) -> Schema:
    """Raises Undocumented."""
    for depth, name in enumerate(path, start=1):
        if name not in schema.get("properties", {}):
            raise Undocumented(f"values.schema.json does not know {'.'.join(path[:depth])}; add it there")
        schema = schema["properties"][name]
    return schema


def _values(node: yaml.MappingNode, schema: Schema, above: tuple[str, ...], lines: list[str]) -> Iterator[Value]:
    for key, value in node.value:
        path = (*above, str(key.value))
        inside = property_of(schema, (str(key.value),))
        if isinstance(value, yaml.MappingNode) and inside.get("properties") and not _comment(key, lines):
            yield from _values(value, inside, path, lines)
            continue
        description = _comment(key, lines)
        if not description:
            raise Undocumented(f"values.yaml: write above {'.'.join(path)} what it is for")
        yield Value(path=path, description=description, default=yaml.safe_load(yaml.serialize(value)))


def _comment(key: yaml.Node, lines: list[str]) -> str:
    """The comment lines right above the key, as one paragraph."""
    words: list[str] = []
    number = key.start_mark.line - 1
    while number >= 0 and (found := re.fullmatch(r"\s*#\s?(.*)", lines[number])):
        words.insert(0, found.group(1).strip())
        number -= 1
    return " ".join(words)
