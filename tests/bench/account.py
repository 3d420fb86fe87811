"""Who another controller is to the API server: an account of its own, by which the audit log counts its writes."""

from pathlib import Path

import yaml

from devworld.world import World

NAMESPACE = "bench-controller"
ACCOUNT = "controller"
USER = f"system:serviceaccount:{NAMESPACE}:{ACCOUNT}"


def kubeconfig(world: World) -> Path:
    """A kubeconfig of an account with every right, in a control plane that goes with the benchmark."""
    metadata = {"name": ACCOUNT, "namespace": NAMESPACE}
    documents = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata},
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": NAMESPACE},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [{"kind": "ServiceAccount", **metadata}],
        },
    ]
    world.kubectl.apply(yaml.safe_dump_all(documents))
    path = world.directory / "controller.kubeconfig"
    return world.control_plane.kubeconfig_of(ACCOUNT, namespace=NAMESPACE, path=path)
