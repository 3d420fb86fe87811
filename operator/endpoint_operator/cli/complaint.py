"""What went wrong, as one sentence on standard error and exit code 1; never a traceback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click
from kubernetes.aio import client

from endpoint_operator.kube.connection import ClusterConfigMissing, connect
from endpoint_operator.kube.refusals import Refused


class Complaint(click.ClickException):
    """A sentence for the caller with the remedy."""

    exit_code = 1


@asynccontextmanager
async def cluster() -> AsyncIterator[client.ApiClient]:
    """The cluster of the kubeconfig for the length of a block.

    Raises Complaint for everything that the API server refuses in it.
    """
    try:
        api_client = await connect()
    except ClusterConfigMissing as error:
        raise Complaint(str(error)) from error
    try:
        yield api_client
    except Refused as error:
        raise Complaint(str(error)) from error
    finally:
        await api_client.close()
