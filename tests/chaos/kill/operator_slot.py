"""One operator of several on the same API server and the same AWS: its namespace, its Lease, its name in both."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from devworld import cluster, environment
from devworld.recipes import EXECUTION_ROLE, PACKER_IMAGE, PACKER_NODES
from devworld.world import World
from tests.chaos.kill.aws_calls import CallsKept, CallsOf, fired, freezing_faults
from tests.chaos.kill.beside import Beside
from tests.chaos.kill.model_versions import IN_PARTS_ABOVE_MIB, MODELS_BUCKET, prefix_of
from tests.chaos.kill.pace import Pace
from tests.chaos.kill.stored import S3Truth
from tests.chaos.kill.tenants import Tenants
from tests.chaos.kill.writeproxy import WriteProxy
from tests.controlplane import kubeconfig
from tests.controlplane.httpcheck import answers_ok
from tests.controlplane.part import Part, Ports, Recipe
from tests.controlplane.processes import Process, Program
from tests.integration.vocabulary.kubernetes_objects import MODEL_KIND, MODELS, KubernetesObjects

Document = dict[str, Any]
Begin = Callable[[Program], Process]


class OperatorSlot:
    """A namespace, and the operator that works in it alone. Used by one thread, that which starts its processes."""

    def __init__(self, world: World, *, number: int, kept: CallsKept, pace: Pace, begin: Begin) -> None:
        """`kept` are the calls of its simulator, which others may share."""
        self.world = world
        self.simulator = kept.simulator
        self.namespace = f"kill{number}"
        self.cluster_id = f"cluster-{number}"
        self.objects = KubernetesObjects(world.kube_client())
        self.models = KubernetesObjects(world.kube_client(), kind=MODEL_KIND, plural=MODELS)
        self.tenants = Tenants(self.objects, namespace=self.namespace)
        self.s3 = S3Truth(self.simulator.url)
        self.beside = Beside(world.kube_client(), namespace=self.namespace, operator_namespace=self._operator_namespace)
        self.calls = CallsOf(kept, access_key=self._access_key)
        self.proxy = WriteProxy(
            upstream=f"https://127.0.0.1:{world.control_plane.apiserver.ports[0]}",
            authority=world.control_plane.certificates.authority.certificate,
        )
        self._pace = pace
        self._begin = begin
        self._frozen: list[str] = []
        self._part = Part(self._recipe())

    def prepare(self) -> None:
        """Its namespaces and rights, and the operator in them."""
        self.world.kubectl.apply(yaml.safe_dump_all(self._documents()))
        self.beside.make_secret()
        like = self._file("cluster.json")
        like.write_text(json.dumps({"clusters": [{"cluster": {"server": self.proxy.start()}}]}), encoding="utf-8")
        account = {"service_account": cluster.service_account(), "namespace": cluster.OPERATOR_NAMESPACE}
        token = self.world.kubectl.token(**account, hours=1)
        kubeconfig.with_token(self._file("kubeconfig"), like=like, token=token, namespace=self._operator_namespace)
        self._part.start()

    def start(self) -> None:
        """The operator anew, on the same ports; returns when it answers on them."""
        self._part.start()

    def kill(self) -> None:
        """kill -9."""
        self._part.kill()

    def lose_revision_key(self) -> None:
        """As if somebody had deleted it; the operator reads it once, so that it is started anew."""
        self.kill()
        self.beside.delete_revision_key()
        self.start()

    def close(self) -> None:
        self._part.stop()
        self.proxy.close()
        self.beside.close()
        self.objects.close()
        self.models.close()
        self.s3.close()

    def freeze_aws(self) -> None:
        """None of its writes to AWS has an effect from now on."""
        folder = f"{MODELS_BUCKET}/{prefix_of(self.namespace)}".rstrip("/")
        self._frozen = freezing_faults(self.simulator, names=f"{self.namespace}-*", folder=folder)

    def is_stopped(self) -> bool:
        """Whether it came to a write since everything was frozen."""
        return self.proxy.stopped_write.is_set() or fired(self.simulator, self._frozen)

    def thaw(self) -> None:
        """Writes of a later process have their effects again."""
        for fault in self._frozen:
            self.simulator.end_faults(fault)
        self._frozen = []
        self.proxy.thaw()

    def renewals_from_now(self) -> Callable[[], int]:
        """Asks how often the operator has renewed its Lease since now."""
        before = self.proxy.lease_writes
        return lambda: self.proxy.lease_writes - before

    def reads_lag(self) -> None:
        """From now on SageMaker shows what was there before, the write of a moment ago not included."""
        self.simulator.configure(staleSeconds=self._pace.stale_seconds)

    def reads_are_fresh(self) -> None:
        self.simulator.configure(staleSeconds=0)

    def log_mark(self) -> int:
        """Where its log ends now."""
        return self._part.log.stat().st_size

    def log_since(self, mark: int) -> list[str]:
        with self._part.log.open("rb") as file:
            file.seek(mark)
            return file.read().decode("utf-8", errors="replace").splitlines()

    @property
    def _operator_namespace(self) -> str:
        return f"{self.namespace}-operator"

    @property
    def _access_key(self) -> str:
        return f"AKIA{self.namespace.upper():0<16}"

    def _file(self, name: str) -> Path:
        folder = self.world.directory / self.namespace
        folder.mkdir(exist_ok=True)
        return folder / name

    def _recipe(self) -> Recipe:
        return Recipe(
            name=f"operator of {self.namespace}",
            port_count=1,
            command=self._command,
            environment=self._environment,
            log=self._file("operator.log"),
            answers=lambda ports: answers_ok(f"http://127.0.0.1:{ports[0]}/healthz"),
            begin=self._begin,
        )

    def _command(self, ports: Ports) -> tuple[str, ...]:
        return (
            *(sys.executable, "-m", "endpoint_operator", "run"),
            *("--http-address", f"127.0.0.1:{ports[0]}"),
            *("--operator-namespace", self._operator_namespace),
            *("--namespaces", self.namespace),
            *("--cluster-id", self.cluster_id),
            *("--default-execution-role-arn", EXECUTION_ROLE),
            *("--packer-image", PACKER_IMAGE, "--packer-node-selector", PACKER_NODES),
            *("--copy-in-parts-above-mib", str(IN_PARTS_ABOVE_MIB), "--model-drain-seconds", "0"),
            *self._pace.operator_flags(),
        )

    def _environment(self) -> dict[str, str]:
        aws = environment.aws_variables(endpoint_url=self.simulator.url, access_key=self._access_key)
        return environment.for_child({**aws, "KUBECONFIG": str(self._file("kubeconfig"))})

    def _documents(self) -> list[Document]:
        """Its namespaces, and the right to its own Lease: that of config/rbac holds for one namespace alone."""
        names = (self.namespace, self._operator_namespace)
        namespaces = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in names]
        rights = [each for each in _shipped_rights() if each["kind"] in ("Role", "RoleBinding")]
        for each in rights:
            each["metadata"]["namespace"] = self._operator_namespace
        return [*namespaces, *rights]


def _shipped_rights() -> list[Document]:
    files = sorted(cluster.RBAC.glob("*.yaml"))
    return [each for file in files for each in yaml.safe_load_all(file.read_text(encoding="utf-8")) if each]
