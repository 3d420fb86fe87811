"""How kube-apiserver is started: RBAC on, the limits of a real cluster, every write in the audit log."""

import json
import ssl
from pathlib import Path

from tests.controlplane.certificates import Certificates
from tests.controlplane.httpcheck import answers_ok
from tests.controlplane.part import Ports

WRITES = ("create", "update", "patch", "delete", "deletecollection")
ISSUER = "https://kubernetes.default.svc.cluster.local"
AUDIT_LOG_MB = 2048  # it starts another file there; whoever reads the log reads one file


def command(
    program: Path, *, etcd_port: int, certificates: Certificates, audit_policy: Path, audit_log: Path, ports: Ports
) -> tuple[str, ...]:
    """Ports: HTTPS."""
    return (
        str(program),
        f"--etcd-servers=http://127.0.0.1:{etcd_port}",
        "--bind-address=127.0.0.1",
        f"--secure-port={ports[0]}",
        # Pods reach it through no Service here, and a loopback address may not stand in an Endpoints object.
        "--advertise-address=127.0.0.1",
        "--endpoint-reconciler-type=none",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--authorization-mode=Node,RBAC",
        "--allow-privileged=true",
        f"--client-ca-file={certificates.authority.certificate}",
        f"--tls-cert-file={certificates.server.certificate}",
        f"--tls-private-key-file={certificates.server.key}",
        f"--service-account-issuer={ISSUER}",
        f"--service-account-key-file={certificates.service_accounts.certificate}",
        f"--service-account-signing-key-file={certificates.service_accounts.key}",
        f"--audit-policy-file={audit_policy}",
        f"--audit-log-path={audit_log}",
        f"--audit-log-maxsize={AUDIT_LOG_MB}",
    )


def write_audit_policy(path: Path, *, reads_of: str | None = None) -> None:
    """Who changed what, without bodies; one line a request, when it has been answered.

    Of the user `reads_of` every request; a watch, which is answered as long as it lasts, when it begins too.
    """
    every = [{"level": "Metadata", "users": [reads_of]}] if reads_of else []
    policy = {
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitStages": ["RequestReceived"],
        "rules": [*every, {"level": "Metadata", "verbs": list(WRITES)}, {"level": "None"}],
    }
    path.write_text(json.dumps(policy, indent=2) + "\n", encoding="utf-8")


def answers(ports: Ports, *, certificates: Certificates) -> bool:
    """/readyz, asked as the admin: it holds RBAC's own roles and the system's namespaces being there."""
    tls = ssl.create_default_context(cafile=str(certificates.authority.certificate))
    tls.load_cert_chain(certificates.admin.certificate, certificates.admin.key)
    origin = f"https://127.0.0.1:{ports[0]}"
    needed = ("/readyz", "/api/v1/namespaces/kube-system", "/api/v1/namespaces/default")
    return all(answers_ok(origin + path, tls=tls) for path in needed)
