"""The node's own programs from Go modules: kubelet and kube-proxy in one binary, CoreDNS in another.

They are modules apart from the control plane's, so that who needs no node builds none of this. kubelet and kube-proxy
share most packages with the control plane at the same version and with the same flags, so Go's cache has them already.
"""

from tests.controlplane.build import FLAGS as KUBERNETES_FLAGS
from tests.controlplane.build import MODULE as CONTROL_PLANE_MODULE
from tests.controlplane.goprogram import GoProgram

NODE_AGENTS = GoProgram(
    module=CONTROL_PLANE_MODULE.with_name("nodebinary"),
    names=("kubelet", "kube-proxy"),
    kind="node/nodebinary",
    flags=KUBERNETES_FLAGS,
)
CLUSTER_DNS = GoProgram(module=CONTROL_PLANE_MODULE.with_name("dnsbinary"), names=("coredns",), kind="node/dnsbinary")
