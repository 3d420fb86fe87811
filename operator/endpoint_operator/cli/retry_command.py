"""`retry`: a new look and one new try of what failed."""

import asyncio
from datetime import UTC, datetime

import click

from endpoint_operator.api.identity import RECONCILE_AT
from endpoint_operator.cli.arguments import chosen_namespace, namespace_option
from endpoint_operator.cli.complaint import cluster
from endpoint_operator.kube.look_request import request_look


@click.command()
@click.argument("name")
@namespace_option
def retry(name: str, namespace: str | None) -> None:
    """Have the operator look at NAME again and try once more.

    A failed revision is not tried again by itself as long as its object stays as it is. This sets an annotation to
    the time of now, which makes the operator look at everything anew and try once:

    \b
      inference.endpoint-operator.dev/reconcile-at

    It changes nothing else: a spec that is wrong fails again, so correct it first. Where an endpoint serves as its spec
    says, nothing happens.

    \b
    Example:
      kubectl inference retry churn -n ml

    Needs the right to patch inferenceendpoints. Exit code: 0 asked, 1 error.
    """
    chosen = chosen_namespace(namespace)
    value = asyncio.run(_request(namespace=chosen, name=name))
    click.echo(f"{chosen}/{name}: asked the operator for a new try")
    click.echo(f"  {RECONCILE_AT}={value}")
    click.echo(f"next: kubectl inference status {name} -n {chosen}")


async def _request(*, namespace: str, name: str) -> str:
    async with cluster() as api_client:
        return await request_look(api_client, namespace=namespace, name=name, now=datetime.now(UTC))
