"""The namespace that kubectl would work in when none is named."""

import os
from pathlib import Path

from kubernetes.aio import config

_SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")


def current_namespace() -> str:
    """That of the kubeconfig's current context, of the pod's service account, or `default`."""
    if os.environ.get("KUBERNETES_SERVICE_HOST") and not os.environ.get("KUBECONFIG"):
        return _SERVICE_ACCOUNT.read_text("utf-8").strip() if _SERVICE_ACCOUNT.exists() else "default"
    try:
        _, current = config.list_kube_config_contexts()
    except config.ConfigException:
        return "default"  # connecting says what is wrong with it
    return str(current["context"].get("namespace") or "default")
