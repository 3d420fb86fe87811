"""How kube-controller-manager is started: with it namespaces end, owners' dependents go, ServiceAccounts appear."""

import ssl
from pathlib import Path

from tests.controlplane.certificates import Certificates
from tests.controlplane.httpcheck import answers_ok
from tests.controlplane.part import Ports


def command(
    program: Path, *, kubeconfig: Path, certificates: Certificates, own_certificates: Path, ports: Ports
) -> tuple[str, ...]:
    """Ports: its own HTTPS, which it certifies itself in the folder `own_certificates`."""
    return (
        str(program),
        f"--kubeconfig={kubeconfig}",
        "--bind-address=127.0.0.1",
        f"--secure-port={ports[0]}",
        f"--cert-dir={own_certificates}",
        "--leader-elect=false",
        "--use-service-account-credentials=true",
        f"--root-ca-file={certificates.authority.certificate}",
        f"--service-account-private-key-file={certificates.service_accounts.key}",
    )


def answers(ports: Ports) -> bool:
    """Its certificate is its own word only; that the port is its own has been looked at before."""
    return answers_ok(f"https://127.0.0.1:{ports[0]}/healthz", tls=_trusting())


def _trusting() -> ssl.SSLContext:
    tls = ssl.create_default_context()
    tls.check_hostname = False
    tls.verify_mode = ssl.CERT_NONE
    return tls
