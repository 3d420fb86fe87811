"""The control plane is a real one: it decides who may do what, what an object may look like, and writes it down."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from devworld.settings import PROJECT
from tests.controlplane.controlplane import ControlPlane
from tests.controlplane.deadlines import until
from tests.controlplane.kubectl import Kubectl, KubectlError

EXAMPLE = PROJECT / "examples" / "realtime" / "endpoint.yaml"


@pytest.fixture
def namespace(control_plane: ControlPlane, request: pytest.FixtureRequest) -> str:
    name = f"t-{abs(hash(request.node.nodeid)) % 10**8}"
    control_plane.kubectl("create", "namespace", name)
    return name


def endpoint(namespace: str, **spec: object) -> str:
    manifest: dict[str, Any] = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    manifest["metadata"]["namespace"] = namespace
    manifest["spec"] |= spec
    return yaml.safe_dump(manifest)


def account(control_plane: ControlPlane, *, namespace: str, path: Path) -> Kubectl:
    """kubectl as a ServiceAccount `reader` that nobody gave any right."""
    control_plane.kubectl("create", "serviceaccount", "reader", "-n", namespace)
    kubeconfig = control_plane.kubeconfig_of("reader", namespace=namespace, path=path)
    return control_plane.kubectl.using(kubeconfig)


def test_a_service_account_may_do_only_what_rbac_lets_it(
    control_plane: ControlPlane, namespace: str, tmp_path: Path
) -> None:
    reader = account(control_plane, namespace=namespace, path=tmp_path / "reader.kubeconfig")
    with pytest.raises(KubectlError, match=f"system:serviceaccount:{namespace}:reader.*cannot list"):
        reader("get", "iep", "-n", namespace)
    control_plane.kubectl("create", "role", "read", "--verb=get,list", "--resource=iep", "-n", namespace)
    control_plane.kubectl(
        "create", "rolebinding", "read", "--role=read", f"--serviceaccount={namespace}:reader", "-n", namespace
    )

    def may_list() -> bool:
        try:
            return reader("auth", "can-i", "list", "iep", "-n", namespace).strip() == "yes"
        except KubectlError:  # that is how kubectl says no
            return False

    until(may_list, what="the new role in force", within_seconds=90)
    assert reader.json("get", "iep", "-n", namespace)["items"] == []
    with pytest.raises(KubectlError, match=r"cannot (create|patch)"):
        reader.apply(endpoint(namespace))


def test_an_object_that_breaks_the_schema_is_refused_by_field(control_plane: ControlPlane, namespace: str) -> None:
    with pytest.raises(KubectlError, match=r"spec\.mode.*Unsupported value: \"Sometimes\""):
        control_plane.kubectl.apply(endpoint(namespace, mode="Sometimes"))
    assert "churn" in control_plane.kubectl.apply(endpoint(namespace))


def test_the_audit_log_holds_who_changed_what_and_no_reads(control_plane: ControlPlane, namespace: str) -> None:
    control_plane.kubectl.apply(endpoint(namespace))
    control_plane.kubectl("get", "iep", "churn", "-n", namespace)
    assert control_plane.audit_log is not None
    entries = [json.loads(line) for line in control_plane.audit_log.read_text(encoding="utf-8").splitlines()]
    ours = [entry for entry in entries if entry["objectRef"].get("namespace") == namespace]
    writes = [entry for entry in ours if entry["objectRef"]["resource"] == "inferenceendpoints"]
    assert [(entry["verb"], entry["user"]["username"]) for entry in writes] == [("patch", "kubernetes-admin")]
    assert {entry["level"] for entry in ours} == {"Metadata"}
    assert {entry["stage"] for entry in entries} == {"ResponseComplete"}
    assert not {entry["verb"] for entry in entries} & {"get", "list", "watch"}


def test_an_api_server_that_was_killed_comes_back_where_it_was_with_all_it_held(
    control_plane: ControlPlane, namespace: str
) -> None:
    control_plane.kubectl.apply(endpoint(namespace))
    before = control_plane.kubectl.json("get", "iep", "churn", "-n", namespace)
    control_plane.apiserver.kill()
    with pytest.raises(KubectlError, match="refused"):
        control_plane.kubectl("get", "iep", "churn", "-n", namespace)
    control_plane.start()  # a controller manager that was still starting ended with it
    assert control_plane.kubectl.json("get", "iep", "churn", "-n", namespace) == before


def test_a_deleted_namespace_takes_its_objects_with_it(control_plane: ControlPlane, namespace: str) -> None:
    control_plane.kubectl.apply(endpoint(namespace))
    control_plane.kubectl("delete", "namespace", namespace, "--timeout=60s", within_seconds=70)
    assert control_plane.kubectl.find("get", "namespace", namespace) is None
