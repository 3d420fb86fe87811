"""The order in which a node comes up: each program as soon as what it cannot do without is there."""

import json
from pathlib import Path
from typing import Any

from devworld.node import agents, cgroups, cluster_dns, control_plane, images
from devworld.node.api import Api
from devworld.node.containerd import Containerd
from devworld.node.daemons import Daemons
from devworld.node.keys import Keys
from devworld.node.layout import Layout
from devworld.node.programs import Programs
from devworld.node.sandbox import Sandbox
from devworld.node.slots import Slot
from tests.controlplane import apiserver

NODE_NAME = "node"
KUBERNETES_SERVICE = f"kubernetes.default.svc.{agents.CLUSTER_DOMAIN}"


class BringingUp:
    """Of one node, whose namespaces are there and connected."""

    def __init__(self, *, sandbox: Sandbox, programs: Programs, slot: Slot, layout: Layout) -> None:
        """Nothing runs yet."""
        self._programs = programs
        self._addresses = slot.addresses
        self._cgroup = slot.cgroup
        self._layout = layout
        self._daemons = Daemons(sandbox, programs, logs=layout.logs)
        self._containerd = Containerd.of(sandbox, programs, layout)

    def all(self, template: Path, *, sync_frequency: str, audit_reads_of: str | None) -> None:
        """Returns when a pod that is made now runs and finds others by name.

        For the last two see `Node.start`.

        Raises:
            NodeError: a program does not do its part.
        """
        addresses = self._addresses
        keys = Keys.write(self._layout.keys, node_name=NODE_NAME, addresses=addresses, port=control_plane.API_PORT)
        keys.write_kubeconfig("admin", self._layout.kubeconfig)
        api = Api(str(addresses.node), keys)
        self._begin_api_server(keys, audit_reads_of=audit_reads_of)
        self._begin_containerd(template)  # while the API server starts, which takes longest
        self._daemons.until(lambda: _is_open(api), what="the API server being ready", of="kube-apiserver")
        self._begin_controllers(keys)
        self._begin_kubelet(keys, sync_frequency=sync_frequency)
        self._begin_dns(keys, api)
        self._begin_proxy(keys, api)
        self._await_usable(api)

    def _begin_api_server(self, keys: Keys, *, audit_reads_of: str | None) -> None:
        programs, policy = self._programs.control_plane, self._layout.settings / "audit-policy.json"
        apiserver.write_audit_policy(policy, reads_of=audit_reads_of)
        self._daemons.begin("etcd", control_plane.etcd(programs / "etcd", data=self._layout.scratch / "etcd"))
        command = control_plane.api_server(
            programs / "kube-apiserver",
            keys=keys,
            addresses=self._addresses,
            audit_policy=policy,
            audit_log=self._layout.audit_log,
        )
        self._daemons.begin("kube-apiserver", command)

    def _begin_containerd(self, template: Path) -> None:
        images.link(template, self._layout.images)
        agents.write_pod_network(self._layout.networks, self._addresses)
        self._daemons.watch("containerd", self._containerd.start())
        self._daemons.until(self._containerd.answers, what="containerd answering", of="containerd")

    def _begin_controllers(self, keys: Keys) -> None:
        programs = self._programs.control_plane
        for name, command in (
            ("kube-controller-manager", control_plane.controller_manager),
            ("kube-scheduler", control_plane.scheduler),
        ):
            self._daemons.begin(name, command(programs / name, keys=keys))

    def _begin_kubelet(self, keys: Keys, *, sync_frequency: str) -> None:
        cgroups.make(self._cgroup)
        settings = agents.kubelet_configuration(
            keys=keys,
            addresses=self._addresses,
            cgroup=self._cgroup,
            pod_logs=self._layout.scratch / "pod-logs",
            sync_frequency=sync_frequency,
        )
        command = agents.kubelet(
            self._programs.agents / "kubelet",
            configuration=self._written("kubelet.json", settings),
            keys=keys,
            node_name=NODE_NAME,
            addresses=self._addresses,
        )
        self._daemons.begin("kubelet", command)

    def _begin_dns(self, keys: Keys, api: Api) -> None:
        for collection, manifest in cluster_dns.objects(self._addresses):
            api.make(collection, manifest)
        as_dns = Api(str(self._addresses.node), keys, user="dns")
        allowed = "/apis/discovery.k8s.io/v1/endpointslices?limit=1"
        # RBAC's rules take a moment to hold, and CoreDNS would wait long before it asks again.
        self._daemons.until(lambda: as_dns.answers(allowed), what="the rights of the DNS server", of="kube-apiserver")
        corefile = self._layout.settings / "Corefile"
        corefile.write_text(cluster_dns.corefile(keys=keys, addresses=self._addresses), encoding="utf-8")
        self._daemons.begin("coredns", cluster_dns.command(self._programs.dns / "coredns", corefile=corefile))

    def _begin_proxy(self, keys: Keys, api: Api) -> None:
        known = f"/api/v1/nodes/{NODE_NAME}"
        self._daemons.until(lambda: api.answers(known), what="the kubelet making itself known", of="kubelet")
        settings = agents.proxy_configuration(keys=keys, addresses=self._addresses, node_name=NODE_NAME)
        configuration = self._written("kube-proxy.json", settings)
        self._daemons.begin(
            "kube-proxy", agents.proxy(self._programs.agents / "kube-proxy", configuration=configuration)
        )

    def _await_usable(self, api: Api) -> None:
        addresses = self._addresses
        self._daemons.until(lambda: _is_ready(api), what="the node being Ready", of="kubelet")
        self._daemons.until(
            lambda: api.answers("/api/v1/namespaces/default/serviceaccounts/default"),
            what="the ServiceAccount 'default', without which no pod starts",
            of="kube-controller-manager",
        )
        # From the machine to the Service's address: cable, routes, kube-proxy, CoreDNS and API server in one question.
        self._daemons.until(
            lambda: cluster_dns.ask(KUBERNETES_SERVICE, server=str(addresses.dns_service)),
            what="the cluster's DNS answering through kube-proxy",
            of="coredns",
        )

    def _written(self, name: str, settings: dict[str, Any]) -> Path:
        file = self._layout.settings / name
        file.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
        return file


def _is_open(api: Api) -> bool:
    """It makes the system's namespaces itself, some time after it says that it is ready."""
    return all(
        api.answers(path) for path in ("/readyz", "/api/v1/namespaces/kube-system", "/api/v1/namespaces/default")
    )


def _is_ready(api: Api) -> bool:
    node = api.find(f"/api/v1/nodes/{NODE_NAME}")
    conditions = node["status"].get("conditions", []) if node else []
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
