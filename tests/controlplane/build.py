"""The control plane's binary: the Go module `binary/` is etcd and the programs of Kubernetes in one."""

from pathlib import Path

from tests.controlplane.goprogram import GoProgram

MODULE = Path(__file__).with_name("binary")
PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
KUBERNETES = "v1.36.1"  # as go.mod requires it; kubectl refuses a server that does not know its own version
STAMPED = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")  # the server's version; the user agent's
STAMPS = {"gitVersion": KUBERNETES, "gitMajor": KUBERNETES[1:].split(".")[0], "gitMinor": KUBERNETES.split(".")[1]}
LDFLAGS = ("-s", "-w", *(f"-X {package}.{name}={value}" for package in STAMPED for name, value in STAMPS.items()))
FLAGS = ("-trimpath", "-ldflags", " ".join(LDFLAGS))

CONTROL_PLANE = GoProgram(module=MODULE, names=PROGRAMS, kind="controlplane", flags=FLAGS)
