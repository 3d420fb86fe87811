"""Somebody with few rights in the cluster."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

from devworld.world import World
from tests.cli.program import Program
from tests.cli.scene import GROUP


@dataclasses.dataclass(frozen=True)
class Person:
    """`program` runs as that person."""

    program: Program

    @classmethod
    def who_may(cls, world: World, *, namespace: str, verbs: Sequence[str], directory: Path) -> "Person":
        """A ServiceAccount of the namespace with those verbs on InferenceEndpoints there, and nothing else."""
        world.kubectl("create", "serviceaccount", "somebody", "-n", namespace)
        if verbs:
            world.kubectl("apply", "-f", "-", stdin=json.dumps(_rights(namespace, verbs)))
        kubeconfig = world.control_plane.kubeconfig_of("somebody", namespace=namespace, path=directory / "kubeconfig")
        return cls(Program.of(world, kubeconfig=kubeconfig))


def _rights(namespace: str, verbs: Sequence[str]) -> dict[str, object]:
    api = "rbac.authorization.k8s.io"
    metadata = {"name": "somebody", "namespace": namespace}
    rules = [{"apiGroups": [GROUP], "resources": ["inferenceendpoints"], "verbs": list(verbs)}]
    subject = {"kind": "ServiceAccount", "name": "somebody", "namespace": namespace}
    return {
        "apiVersion": "v1",
        "kind": "List",
        "items": [
            {"apiVersion": f"{api}/v1", "kind": "Role", "metadata": metadata, "rules": rules},
            {
                "apiVersion": f"{api}/v1",
                "kind": "RoleBinding",
                "metadata": metadata,
                "roleRef": {"apiGroup": api, "kind": "Role", "name": "somebody"},
                "subjects": [subject],
            },
        ],
    }
