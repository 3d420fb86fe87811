"""The places in a CreateModel request where values will be: a plan holds where each comes from and an HMAC of it."""

import copy
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from endpoint_operator.api.containers import ValueFrom
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.inputs.hidden_values import without_values
from endpoint_operator.planning.inputs.values import source_of


def environment_value(value_from: ValueFrom, digests: Mapping[str, str]) -> dict[str, Any]:
    """What stands in a plan where the value will be; `digests` are by source."""
    where = value_from.model_dump(by_alias=True, exclude_none=True, mode="json")
    digest = digests.get(source_of(value_from))
    return {"valueFrom": where} if digest is None else {"valueFrom": where, "digest": digest}


def inputs_in(request: Mapping[str, Any]) -> dict[str, str]:
    """Digest by source of the values that a CreateModel request leaves open."""
    return {_source(value): str(value["digest"]) for _, _, value in _open_values(request)}


def with_values(request: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """The request with each value, by source, in its place."""
    filled = copy.deepcopy(dict(request))
    for environment, name, value in list(_open_values(filled)):
        environment[name] = values[_source(value)]
    return filled


def values_put(request: Mapping[str, Any], filled: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    """The values that `with_values` put into the request, each with the name of its variable."""
    pairs = zip(_environments(request), _environments(filled), strict=True)
    return frozenset(
        (name, there[name]) for here, there in pairs for name, value in here.items() if isinstance(value, dict)
    )


def told_without(fault: Fault, put: Collection[tuple[str, str]]) -> Fault:
    """The fault without the values that were put into the request which it is about."""
    names, values = {name for name, _ in put}, {value for _, value in put}
    return replace(fault, message=without_values(fault.message, values, names=names, mark="[value]"))


def _source(value: Mapping[str, Any]) -> str:
    return source_of(ValueFrom.model_validate(value["valueFrom"]))


def _open_values(request: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str, dict[str, Any]]]:
    """Environment, name, and what stands where the value will be."""
    for environment in _environments(request):
        for name, value in environment.items():
            if isinstance(value, dict):
                yield environment, name, value


def _environments(request: Mapping[str, Any]) -> list[dict[str, Any]]:
    primary = [request["PrimaryContainer"]] if "PrimaryContainer" in request else []
    return [definition.get("Environment", {}) for definition in (*primary, *request.get("Containers", ()))]
