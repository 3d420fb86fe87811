"""How the kubelet and kube-proxy are configured and started, and the network that the kubelet's pods get."""

import json
from pathlib import Path
from typing import Any

from devworld.node.addresses import Addresses
from devworld.node.containerd import SOCKET
from devworld.node.keys import Keys
from devworld.node.links import BRIDGE
from devworld.node.sandbox_init import KUBELET

CLUSTER_DOMAIN = "cluster.local"
SYNC_FREQUENCY = "1m0s"  # the kubelet's own default: a ConfigMap reaches its pod as late as in a real cluster


def kubelet(program: Path, *, configuration: Path, keys: Keys, node_name: str, addresses: Addresses) -> tuple[str, ...]:
    return (
        str(program),
        f"--config={configuration}",
        f"--kubeconfig={keys.kubeconfig('kubelet')}",
        f"--hostname-override={node_name}",
        f"--node-ip={addresses.node}",
        f"--root-dir={KUBELET}",
    )


def kubelet_configuration(
    *, keys: Keys, addresses: Addresses, cgroup: str, pod_logs: Path, sync_frequency: str = SYNC_FREQUENCY
) -> dict[str, Any]:
    """As kubelet.config.k8s.io/v1beta1 has it."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": str(addresses.node),
        "readOnlyPort": 0,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(keys.authority.certificate)},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": str(keys.kubelet_server.certificate),
        "tlsPrivateKeyFile": str(keys.kubelet_server.key),
        "containerRuntimeEndpoint": f"unix://{SOCKET}",
        "failCgroupV1": False,
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{cgroup}",
        "enforceNodeAllocatable": [],
        "failSwapOn": False,
        "resolvConf": "",  # nothing of the machine's: pods ask the cluster's DNS only
        "clusterDNS": [str(addresses.dns_service)],
        "clusterDomain": CLUSTER_DOMAIN,
        "syncFrequency": sync_frequency,
        "podLogsDir": str(pod_logs),
        # A developer's disk is nearly full at times, and images cannot be pulled again.
        "evictionHard": {"memory.available": "50Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,
    }


def proxy(program: Path, *, configuration: Path) -> tuple[str, ...]:
    return (str(program), f"--config={configuration}")


def proxy_configuration(*, keys: Keys, addresses: Addresses, node_name: str) -> dict[str, Any]:
    """As kubeproxy.config.k8s.io/v1alpha1 has it."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "iptables",
        "clientConnection": {"kubeconfig": str(keys.kubeconfig("proxy"))},
        "clusterCIDR": str(addresses.pods),
        "hostnameOverride": node_name,
        "metricsBindAddress": "127.0.0.1:10249",
        "healthzBindAddress": "127.0.0.1:10256",
        "nodePortAddresses": [f"{addresses.node}/32", f"{addresses.inner_end}/32"],
        # The limits of connection tracking are the whole machine's; it ends when it may not set them.
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
        # By default rules may come 1 s after the endpoint; and no NodePort on the loopback, which takes a sysctl.
        "iptables": {"minSyncPeriod": "0s", "localhostNodePorts": False},
    }


def write_pod_network(folder: Path, addresses: Addresses) -> None:
    """The CNI configuration: pods on the bridge, in the node's own range, reaching themselves through a Service too."""
    folder.mkdir()
    bridge = {
        "type": "bridge",
        "bridge": BRIDGE,
        "isDefaultGateway": True,
        "ipMasq": False,
        "hairpinMode": True,
        "ipam": {"type": "host-local", "ranges": [[{"subnet": str(addresses.pods), "gateway": str(addresses.node)}]]},
    }
    ports = {"type": "portmap", "capabilities": {"portMappings": True}}
    network = {"cniVersion": "1.0.0", "name": "pods", "plugins": [bridge, ports]}
    (folder / "10-pods.conflist").write_text(json.dumps(network, indent=2) + "\n", encoding="utf-8")
