"""A control plane made of its parts: etcd, kube-apiserver and, where there is one, kube-controller-manager.

Each can be stopped, killed and started again alone. A cluster of the user's is a control plane without parts.
"""

import functools
import os
import shutil
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.controlplane import apiserver, controllermanager, etcd, kubeconfig
from tests.controlplane.certificates import Certificates
from tests.controlplane.kubectl import Kubectl
from tests.controlplane.part import Part, Ports, Recipe
from tests.controlplane.source import ExistingCluster, Programs

TOKEN_HOURS = 30 * 24  # a development world runs for days; the operator's own renewal is the chart's affair


class ControlPlane:
    """Where Kubernetes objects live; `kubectl` is its admin."""

    def __init__(
        self,
        directory: Path,
        source: ExistingCluster | Programs,
        *,
        death_signal: signal.Signals | None = None,
        remember: Callable[[], None] = lambda: None,
        audit_reads_of: str | None = None,
    ) -> None:
        """Nothing runs yet. `directory` (absolute) holds all of its files; `death_signal`, `remember`: see Part.

        The audit log holds what changes something, and of the user `audit_reads_of` everything.
        """
        self.directory = directory
        self.source = source
        self.kubeconfig = directory / "kubeconfig"
        self.kubectl = Kubectl(source.kubectl, self.kubeconfig, directory / "kubectl-cache")
        self.audit_log = None if isinstance(source, ExistingCluster) else directory / "logs" / "audit.log"
        self._death_signal = death_signal
        self._remember = remember
        self._audit_reads_of = audit_reads_of
        self.parts: tuple[Part, ...] = ()
        if isinstance(source, Programs):
            self.certificates = Certificates.of(directory / "certificates")
            self.etcd = self._etcd(source.folder)
            self.apiserver = self._apiserver(source.folder)
            self.parts = (self.etcd, self.apiserver)
            if (source.folder / "kube-controller-manager").is_file():
                self.controllers = self._controllers(source.folder)
                self.parts = (*self.parts, self.controllers)

    @property
    def alive(self) -> bool:
        """Whether any part of it runs."""
        return any(part.alive for part in self.parts)

    def start(self) -> None:
        """Starts what does not run, and returns when it can be used.

        Raises:
            PartError: a part does not start.
        """
        if isinstance(self.source, ExistingCluster):
            self.kubectl.using(self.source.kubeconfig).flatten(self.kubeconfig)
            return
        apiserver.write_audit_policy(self.directory / "audit-policy.json", reads_of=self._audit_reads_of)
        self.etcd.start()
        self.apiserver.start()
        self._write_kubeconfigs()
        for part in self.parts:
            part.start()

    def stop(self) -> None:
        """Stops its parts, the last one first; a cluster of the user's goes on."""
        if self.parts and self.apiserver.alive and not self.etcd.alive:
            self.apiserver.kill()  # without etcd it does not end by itself
        for part in reversed(self.parts):
            part.stop()

    def discard(self) -> None:
        """Removes the objects it held; for a stopped one that is never started again."""
        shutil.rmtree(self.directory / "etcd", ignore_errors=True)

    def kubeconfig_of(self, service_account: str, *, namespace: str, path: Path) -> Path:
        """Writes a kubeconfig with a token of the ServiceAccount; who uses it may do what RBAC lets it, no more."""
        token = self.kubectl.token(service_account=service_account, namespace=namespace, hours=TOKEN_HOURS)
        kubeconfig.with_token(path, like=self.kubeconfig, token=token, namespace=namespace)
        return path

    def _write_kubeconfigs(self) -> None:
        server = f"https://127.0.0.1:{self.apiserver.ports[0]}"
        for path, pair in (
            (self.kubeconfig, self.certificates.admin),
            (self._controllers_kubeconfig, self.certificates.controllers),
        ):
            kubeconfig.with_certificate(
                path, server=server, authority=self.certificates.authority.certificate, pair=pair
            )

    @property
    def _controllers_kubeconfig(self) -> Path:
        return self.directory / "controllers.kubeconfig"

    def _etcd(self, programs: Path) -> Part:
        def command(ports: Ports) -> tuple[str, ...]:
            return etcd.command(programs / "etcd", data=self.directory / "etcd", ports=ports)

        return self._part("etcd", port_count=2, command=command, answers=etcd.answers)

    def _apiserver(self, programs: Path) -> Part:
        def command(ports: Ports) -> tuple[str, ...]:
            return apiserver.command(
                programs / "kube-apiserver",
                etcd_port=self.etcd.ports[0],
                certificates=self.certificates,
                audit_policy=self.directory / "audit-policy.json",
                audit_log=self.directory / "logs" / "audit.log",
                ports=ports,
            )

        answers = functools.partial(apiserver.answers, certificates=self.certificates)
        return self._part("kube-apiserver", port_count=1, command=command, answers=answers)

    def _controllers(self, programs: Path) -> Part:
        def command(ports: Ports) -> tuple[str, ...]:
            return controllermanager.command(
                programs / "kube-controller-manager",
                kubeconfig=self._controllers_kubeconfig,
                certificates=self.certificates,
                own_certificates=self.directory / "certificates" / "controllers",
                ports=ports,
            )

        return self._part("kube-controller-manager", port_count=1, command=command, answers=controllermanager.answers)

    def _part(
        self,
        name: str,
        *,
        port_count: int,
        command: Callable[[Ports], tuple[str, ...]],
        answers: Callable[[Ports], bool],
    ) -> Part:
        recipe = Recipe(
            name=name,
            port_count=port_count,
            command=command,
            environment=_bare_environment,
            log=self.directory / "logs" / f"{name}.log",
            answers=answers,
            death_signal=self._death_signal,
        )
        return Part(recipe, remember=self._remember)


def _bare_environment() -> Mapping[str, str]:
    """A user's proxy, kubeconfig or feature switches have no say in it."""
    return {name: os.environ[name] for name in ("HOME", "PATH", "TMPDIR") if name in os.environ}
