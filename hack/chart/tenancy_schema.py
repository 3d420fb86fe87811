"""One rule of `tenancy.rules`: the lists that the operator's tenancy file knows. Their entries are its own affair."""

from typing import Any

from endpoint_operator.planning.tenancy.things import Thing


def rule_schema() -> dict[str, Any]:
    words = {"type": "array", "items": {"type": "string", "minLength": 1}}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["namespaces"],
        "properties": {"namespaces": {**words, "minItems": 1}, **{thing.value: words for thing in Thing}},
    }
