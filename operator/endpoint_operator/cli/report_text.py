"""A report as people read it."""

from collections.abc import Sequence
from datetime import datetime

import click

from endpoint_operator.cli.layout import age, columns, wrapped
from endpoint_operator.cli.report import Report
from endpoint_operator.kube.reader import SeenEvent

NEWEST_EVENTS = 10

_LABEL = 13
_COLOURS = {"Ready": "green", "Stalled": "red"}


def report_lines(report: Report, events: Sequence[SeenEvent] | str, *, now: datetime, width: int) -> list[str]:
    """The whole page. `events` may be a sentence that says why there are none."""
    return [
        *_headline(report, now=now, width=width),
        "",
        *_facts(report, now=now, width=width),
        "",
        *_revisions(report, now=now, width=width),
        "",
        *_events(events, now=now, width=width),
    ]


def table_lines(reports: Sequence[Report], *, now: datetime, width: int, with_namespace: bool) -> list[str]:
    """A line an object, and below it why those that are not Ready are not."""
    head = ["NAME", "UP", "STATE", "REASON", "REVISION", "INSTANCES", "AGE"]
    rows = [head, *(_row(report, now=now) for report in reports)]
    if with_namespace:
        spaces = ["NAMESPACE", *(report.namespace for report in reports)]
        rows = [[space, *row] for space, row in zip(spaces, rows, strict=True)]
    troubled = [report for report in reports if report.verdict.state != "Ready"]
    told = [line for report in troubled for line in _why(report, width=width, with_namespace=with_namespace)]
    return [*columns(rows), *([""] if told else []), *told]


def coloured(state: str) -> str:
    """click takes the colour away where the output is no terminal."""
    return click.style(state, fg=_COLOURS.get(state, "yellow"), bold=True)


def _row(report: Report, *, now: datetime) -> list[str]:
    return [
        report.name,
        "yes" if report.up else "no",
        report.verdict.state,
        report.verdict.reason,
        report.serving_revision or "-",
        "-" if report.current_instances is None else f"{report.current_instances}/{_wanted(report)}",
        age(report.created_at, now=now),
    ]


def _why(report: Report, *, width: int, with_namespace: bool) -> list[str]:
    name = f"{report.namespace}/{report.name}" if with_namespace else report.name
    return wrapped(report.verdict.message, indent=2, width=width, first=f"{name}: ")


def _headline(report: Report, *, now: datetime, width: int) -> list[str]:
    verdict = report.verdict
    since = f" for {age(verdict.since, now=now)}" if verdict.since is not None else ""
    name = click.style(f"{report.namespace}/{report.name}", bold=True)
    lines = [f"{name}  {report.mode}  {coloured(verdict.state)}{since}  {verdict.reason}"]
    lines += wrapped(verdict.message, indent=2, width=width)
    if report.not_observed is not None:
        lines += wrapped(report.not_observed, indent=2, width=width)
    return lines


def _facts(report: Report, *, now: datetime, width: int) -> list[str]:
    facts = [
        ("Up", "yes, it answers" if report.up else "no"),
        ("Endpoint", f"{report.endpoint_name}  {report.endpoint_status or 'not made yet'}"),
        ("Serves", report.serving_revision or "nothing"),
    ]
    if report.revision_under_way is not None:
        since = age(report.under_way_since or "", now=now)
        facts.append(("Under way", f"{report.revision_under_way}, since {since}"))
    facts.append(("Instances", _instances(report)) if report.serverless is None else ("Serverless", report.serverless))
    if report.failure_reason is not None:
        facts.append(("SageMaker", report.failure_reason))
    facts.append(("Invoke", report.invocation_url or "no URL yet"))
    lines = []
    for label, text in facts:
        lines += wrapped(text, indent=_LABEL, width=width, first=f"{label}:".ljust(_LABEL))
    return lines


def _wanted(report: Report) -> str:
    wanted = report.desired_instances if report.desired_instances is not None else report.spec_instances
    return "-" if wanted is None else str(wanted)


def _instances(report: Report) -> str:
    text = f"{report.current_instances} of {_wanted(report)}"
    spec, desired = report.spec_instances, report.desired_instances
    return text if desired is None or spec is None or spec == desired else f"{text} (the spec asks for {spec})"


def _revisions(report: Report, *, now: datetime, width: int) -> list[str]:
    if not report.revisions:
        return ["Revisions:   none"]
    heads = columns([[row.name, row.state, age(row.created_at, now=now)] for row in report.revisions], indent=2)
    lines = ["Revisions, newest first:"]
    for head, row in zip(heads, report.revisions, strict=True):
        lines.append(head)
        lines += wrapped(row.reason, indent=4, width=width) if row.reason else []
    return lines


def _events(events: Sequence[SeenEvent] | str, *, now: datetime, width: int) -> list[str]:
    if isinstance(events, str):
        return wrapped(events, indent=2, width=width, first="Events: ")
    if not events:
        return ["Events:      none (the API server keeps them for an hour)"]
    shown = events[-NEWEST_EVENTS:]
    heads = columns([[age(event.at, now=now), event.reason] for event in shown], indent=2)
    lines = ["Events, newest last:"]
    for head, event in zip(heads, shown, strict=True):
        lines.append(click.style(head, fg="yellow") if event.warning else head)
        lines += wrapped(event.message, indent=6, width=width)
    return lines
