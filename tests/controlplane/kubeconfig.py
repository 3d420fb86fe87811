"""Kubeconfig files: who asks the API server, and how that is proven. JSON, which is YAML too."""

import base64
import json
from pathlib import Path
from typing import Any

from tests.controlplane.certificates import Pair


def with_certificate(path: Path, *, server: str, authority: Path, pair: Pair, namespace: str = "default") -> None:
    """Writes one for a client that has a certificate."""
    user = {"client-certificate-data": _data(pair.certificate), "client-key-data": _data(pair.key)}
    cluster = {"server": server, "certificate-authority-data": _data(authority)}
    _write(path, cluster=cluster, user=user, namespace=namespace)


def with_token(path: Path, *, like: Path, token: str, namespace: str) -> None:
    """Writes one for the same server as `like` (one of ours, or of `Kubectl.flatten`), for who bears the token."""
    cluster = json.loads(like.read_text(encoding="utf-8"))["clusters"][0]["cluster"]
    _write(path, cluster=cluster, user={"token": token}, namespace=namespace)


def _data(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode("ascii")


def _write(path: Path, *, cluster: dict[str, Any], user: dict[str, str], namespace: str) -> None:
    config: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "world", "cluster": cluster}],
        "users": [{"name": "world", "user": user}],
        "contexts": [{"name": "world", "context": {"cluster": "world", "user": "world", "namespace": namespace}}],
        "current-context": "world",
    }
    path.touch(mode=0o600)
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
