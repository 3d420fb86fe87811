"""The connection to the API server: in-cluster credentials, or KUBECONFIG."""

import os

from kubernetes.aio import config
from kubernetes.aio.client.api_client import ApiClient
from kubernetes.aio.client.configuration import Configuration

# No write of ours takes long; a hanging one must not hold a worker.
REQUEST_TIMEOUT_SECONDS = 30.0


class ClusterConfigMissing(Exception):
    """There are no credentials for a cluster."""


async def connect() -> ApiClient:
    """A client for the cluster that the operator runs in, or that KUBECONFIG names.

    Raises ClusterConfigMissing.
    """
    return ApiClient(await credentials())


async def credentials() -> Configuration:
    """Where the cluster is and how to be let in, read anew. Raises ClusterConfigMissing."""
    configuration = Configuration()
    try:
        if os.environ.get("KUBERNETES_SERVICE_HOST") and not os.environ.get("KUBECONFIG"):
            config.load_incluster_config(client_configuration=configuration)
        else:
            await config.load_kube_config(
                config_file=os.environ.get("KUBECONFIG") or None, client_configuration=configuration
            )
    except (config.ConfigException, OSError) as error:
        raise ClusterConfigMissing(
            f"no credentials for a cluster ({error}); run in a pod with a service account, or set KUBECONFIG"
        ) from error
    return configuration
