"""`status`: is it up, and if not, why."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.cli.arguments import chosen_namespace, json_option, namespace_option
from endpoint_operator.cli.complaint import cluster
from endpoint_operator.cli.layout import terminal_width
from endpoint_operator.cli.report import Report, events_as_json, report_of
from endpoint_operator.cli.report_text import report_lines, table_lines
from endpoint_operator.kube.reader import EndpointReader, SeenEvent
from endpoint_operator.kube.refusals import Refused


@click.command()
@click.argument("name", required=False)
@namespace_option
@click.option("-A", "--all-namespaces", is_flag=True, help="A table of all namespaces.")
@json_option
def status(*, name: str | None, namespace: str | None, all_namespaces: bool, output: str | None) -> None:
    """Show whether endpoints are up and, if not, why.

    With NAME: what the operator says of it, the endpoint and its state in SageMaker, the revision that serves and the
    one under way, instances there and wanted, the URL to invoke, the revisions that are kept, and the newest Events.
    Without NAME: a table of the namespace.

    \b
    STATE is
      Ready        the endpoint serves what the spec asks for
      Reconciling  the operator or SageMaker is at work, or the operator waits
                   for something that passes by itself
      Stalled      nothing happens until somebody acts; the sentence says what
                   to do
      Deleting     the object and its endpoint are going
      Unknown      the operator has not looked yet, or said nothing that fits
    An endpoint may be up whatever its STATE: an older revision goes on serving.

    It reads the cluster and never asks AWS: everything is as the operator saw it last. -o json prints the same facts
    for programs, without NAME as a list.

    \b
    Examples:
      kubectl inference status
      kubectl inference status churn -n ml
      kubectl inference status -A -o json

    Needs the right to get and list inferenceendpoints, and to list events. Exit code: 0 shown, whatever the state;
    1 error.
    """
    if name is not None and all_namespaces:
        raise click.UsageError("give NAME or -A: an object is in one namespace")
    if namespace is not None and all_namespaces:
        raise click.UsageError("give -n or -A, not both")
    if name is not None:
        asyncio.run(_show_one(namespace=chosen_namespace(namespace), name=name, output=output))
    else:
        chosen = None if all_namespaces else chosen_namespace(namespace)
        asyncio.run(_show_all(namespace=chosen, output=output))


async def _show_one(*, namespace: str, name: str, output: str | None) -> None:
    async with cluster() as api_client:
        reader = EndpointReader(api_client)
        body = await reader.get(namespace=namespace, name=name)
        events = await _events(reader, body)
    report = _report(body)
    if output == "json":
        click.echo(json.dumps({**report.as_json(), "events": _as_json(events)}, indent=2))
        return
    for line in report_lines(report, events, now=datetime.now(UTC), width=terminal_width()):
        click.echo(line)


def _as_json(events: Sequence[SeenEvent] | str) -> list[dict[str, Any]] | None:
    """null, and the reason on standard error, where they could not be read."""
    if isinstance(events, str):
        click.echo(events, err=True)
        return None
    return events_as_json(events)


async def _events(reader: EndpointReader, body: Mapping[str, Any]) -> Sequence[SeenEvent] | str:
    """The Events, or why they cannot be had: the rest is worth reading without them."""
    metadata = body["metadata"]
    try:
        return await reader.events(namespace=metadata["namespace"], name=metadata["name"], uid=metadata["uid"])
    except Refused as refused:
        return str(refused)


async def _show_all(*, namespace: str | None, output: str | None) -> None:
    async with cluster() as api_client:
        bodies = await EndpointReader(api_client).all(namespace=namespace)
    reports = [_report(body) for body in bodies]
    if output == "json":
        click.echo(json.dumps([report.as_json() for report in reports], indent=2))
    elif not reports:
        where = "any namespace" if namespace is None else f"namespace {namespace}"
        click.echo(f"no InferenceEndpoints in {where}", err=True)
    else:
        lines = table_lines(reports, now=datetime.now(UTC), width=terminal_width(), with_namespace=namespace is None)
        for line in lines:
            click.echo(line)


def _report(body: Mapping[str, Any]) -> Report:
    return report_of(InferenceEndpoint.parse(body), created_at=body["metadata"]["creationTimestamp"])
