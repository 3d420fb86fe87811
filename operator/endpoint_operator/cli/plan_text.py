"""A plan as people read it."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from endpoint_operator.api.identity import GROUP
from endpoint_operator.cli.layout import wrapped
from endpoint_operator.planning.foresight import Foreseen
from endpoint_operator.planning.plan import Situation
from endpoint_operator.planning.steps import Step, as_json

# Nothing is called, and what the file asks for is not reached.
STUCK = frozenset({Situation.USER_FAULT, Situation.ROLLED_BACK, Situation.WORLD_FAULT, Situation.UNKNOWN})

_ALSO = {
    "SyncTags": "ListTags, then AddTags and DeleteTags where they differ",
    "DeleteEndpoint": "after a DescribeEndpoint",
    "DeleteEndpointConfig": "after a ListTags",
    "DeleteModel": "after a ListTags",
    "PutWakeUpAlarm": "PutMetricAlarm, which fires the policy by its ARN",
    "DeleteWakeUpAlarm": "DeleteAlarms, after a ListTagsForResource",
}


def plan_lines(name: str, foreseen: Foreseen, *, width: int) -> list[str]:
    """The headline, why, the calls in order, and what is there afterwards."""
    plan, end = foreseen.plan, foreseen.in_the_end
    lines = [f"{click.style(name, bold=True)}  {plan.situation.value}  {_headline(foreseen)}"]
    lines += wrapped(plan.message, indent=2, width=width)
    for number, step in enumerate(plan.steps, start=1):
        lines += ["", *_call(number, step, width=width)]
    if plan.steps:
        ending = f"in the end, if SageMaker does all that: {end.message}"
        lines += ["", *wrapped(ending, indent=2, width=width)]
    return lines


def _headline(foreseen: Foreseen) -> str:
    count = len(foreseen.plan.steps)
    if count:
        return click.style(f"{count} call{'s' if count > 1 else ''} to make", fg="yellow", bold=True)
    if foreseen.plan.situation in STUCK:
        return click.style(f"no calls: {foreseen.plan.reason}", fg="red", bold=True)
    if foreseen.plan.situation == Situation.SERVING:
        return click.style("nothing to do", fg="green", bold=True)
    return click.style("no calls now", fg="green", bold=True)


def _call(number: int, step: Step, *, width: int) -> list[str]:
    members = as_json(step)
    operation, name = members.pop("operation"), members.pop("name")
    also = f"  ({_ALSO[operation]})" if operation in _ALSO else ""
    lines = [f"  {number}. {click.style(operation, bold=True)} {name}{also}"]
    request = {key: value for key, value in members.pop("request", {}).items() if value != name}
    for path, value in _flat({**members, **request}):
        lines += _member(path, value, width=width)
    return lines


def _member(path: str, value: str, *, width: int) -> list[str]:
    """On a line, or the value below its path where the line is too short for both: ARNs and images stay whole."""
    label = f"     {path}:"
    if len(label) + 1 + len(value) > width and " " not in value:
        return [label, f"       {value}"]
    return wrapped(value, indent=7, width=width, first=f"{label} ")


def _flat(members: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """The members of a request, each on a line with its path; tags together."""
    for key, value in members.items():
        place = f"{path}.{key}" if path else key
        if key in ("Tags", "tags"):
            yield place, _tags(value)
        elif isinstance(value, Mapping):
            yield from _flat(value, place)
        elif isinstance(value, list | tuple):
            for index, item in enumerate(value):
                yield from _flat({f"{key}[{index}]": item}, path)
        else:
            yield place, str(value)


def _tags(tags: Any) -> str:
    """The user's, for the operator's own are the same on everything; -o json has all."""
    pairs = tags.items() if isinstance(tags, Mapping) else [(tag["Key"], tag["Value"]) for tag in tags]
    users = [f"{key}={value}" for key, value in sorted(pairs) if not key.startswith(f"{GROUP}/")]
    return ", ".join([*users, "and the operator's own"] if users else ["the operator's own"])
