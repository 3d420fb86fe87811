"""An IAM policy document and its verdict on one action: pure, and only the elements that are read here are accepted.

Source: "IAM JSON policy elements reference" and "Policy evaluation logic" in the IAM User Guide: an explicit deny wins,
then an allow, and what nothing allows is denied.
"""

import fnmatch
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

_STATEMENT = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"})


class BadPolicy(ValueError):
    """A policy that cannot be enforced; the message says which element and why."""


class Verdict(Enum):
    """What a policy says of an action."""

    ALLOWED = auto()
    NOT_ALLOWED = auto()
    DENIED = auto()


@dataclass(frozen=True, kw_only=True)
class Action:
    """One action on one resource; `context` holds condition keys in lower case (`aws:requesttag/team`)."""

    name: str
    resource: str
    context: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy."""

    allows: bool
    actions: tuple[str, ...]
    not_actions: bool
    resources: tuple[str, ...]
    not_resources: bool
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]

    def applies_to(self, action: Action) -> bool:
        named = any(_like(glob.lower(), action.name.lower()) for glob in self.actions)
        on_it = any(_like(glob, action.resource) for glob in self.resources)
        return (
            named is not self.not_actions
            and on_it is not self.not_resources
            and all(_OPERATORS[operator](action.context.get(key), values) for operator, key, values in self.conditions)
        )


@dataclass(frozen=True)
class Policy:
    """The statements of a policy."""

    statements: tuple[Statement, ...]

    def verdict(self, action: Action) -> Verdict:
        applying = [statement for statement in self.statements if statement.applies_to(action)]
        if any(not statement.allows for statement in applying):
            return Verdict.DENIED
        return Verdict.ALLOWED if applying else Verdict.NOT_ALLOWED


def policy_of(document: object) -> Policy:
    """Return the policy in a JSON document. Raises BadPolicy."""
    if not isinstance(document, dict) or "Statement" not in document:
        raise BadPolicy("a policy is a JSON object with a Statement")
    return Policy(tuple(_statement(entry) for entry in _entries(document["Statement"])))


def _statement(entry: object) -> Statement:
    if not isinstance(entry, dict):
        raise BadPolicy("a Statement must be a JSON object")
    unknown = sorted(set(entry) - _STATEMENT)
    if unknown:
        raise BadPolicy(f"{unknown[0]} is not supported in a Statement; supported are {', '.join(sorted(_STATEMENT))}")
    if entry.get("Effect") not in ("Allow", "Deny"):
        raise BadPolicy(f"Effect must be Allow or Deny, got {entry.get('Effect')!r}")
    actions, not_actions = _either(entry, "Action")
    resources, not_resources = _either(entry, "Resource")
    return Statement(
        allows=entry["Effect"] == "Allow",
        actions=actions,
        not_actions=not_actions,
        resources=resources,
        not_resources=not_resources,
        conditions=tuple(_conditions(entry.get("Condition", {}))),
    )


def _either(entry: Mapping[str, Any], member: str) -> tuple[tuple[str, ...], bool]:
    if (member in entry) == (f"Not{member}" in entry):
        raise BadPolicy(f"a Statement needs exactly one of {member} and Not{member}")
    negated = f"Not{member}" in entry
    values = _entries(entry[f"Not{member}" if negated else member])
    if not all(isinstance(value, str) for value in values):
        raise BadPolicy(f"{member} must be a string or a list of strings")
    return tuple(values), negated


def _conditions(conditions: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str, tuple[str, ...]]]:
    unknown = sorted(set(conditions) - set(_OPERATORS))
    if unknown:
        raise BadPolicy(f"condition operator {unknown[0]} is not supported; supported are {', '.join(_OPERATORS)}")
    return [
        (operator, key.lower(), tuple(str(value) for value in _entries(values)))
        for operator, keys in conditions.items()
        for key, values in keys.items()
    ]


def _entries(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _like(glob: str, value: str) -> bool:
    """Match IAM's wildcards: `*` and `?`, no brackets."""
    return re.fullmatch(fnmatch.translate(glob.replace("[", "[[]")), value) is not None


_OPERATORS: Mapping[str, Callable[[str | None, tuple[str, ...]], bool]] = {
    "StringEquals": lambda value, wanted: value is not None and value in wanted,
    "StringNotEquals": lambda value, unwanted: value not in unwanted,
    "StringLike": lambda value, globs: value is not None and any(_like(glob, value) for glob in globs),
    "ArnEquals": lambda value, globs: value is not None and any(_like(glob, value) for glob in globs),
    "ArnLike": lambda value, globs: value is not None and any(_like(glob, value) for glob in globs),
    "StringNotLike": lambda value, globs: value is None or not any(_like(glob, value) for glob in globs),
}
