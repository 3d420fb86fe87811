"""Pods run on the node as in a production cluster, find each other by name, and find no way out."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from devworld.node.node import Node
from tests.controlplane.deadlines import until
from tests.controlplane.kubectl import KubectlError
from tests.node.conftest import make_archive
from tests.node.place import SOON, Place, answer, container

pytestmark = pytest.mark.timeout(900)  # the first one waits for the node


class _Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"hello {self.client_address[0]}".encode())

    def log_message(self, *_: object) -> None:
        """Nothing: pytest would show it."""


@pytest.fixture
def program_of_the_machine(node: Node) -> Iterator[str]:
    """The URL of a program outside the node, as a pod sees it."""
    with http.server.ThreadingHTTPServer((str(node.machine_address), 0), _Hello) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://{node.machine_address}:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_deployment_answers_through_its_service_by_name_from_the_machine_and_from_a_pod(place: Place) -> None:
    place.serve("web", replicas=2)
    place.serve("caller")
    pods = set(place.kubectl("get", "pods", "-l", "app=web", "-o", "name").replace("pod/", "").split())
    assert len(pods) == 2
    url = f"http://{place.address('web')}/"
    for pod in pods:
        until(lambda pod=pod: answer(url).strip() == pod, what=f"{pod} answering", within_seconds=SOON)  # type: ignore[misc]
    for name in (place.dns_name("web"), "web"):  # the short one by the search list that the kubelet writes
        until(
            lambda name=name: set(place.ask("caller", "/get", url=f"http://{name}/").split()[1:]) & pods,  # type: ignore[misc]
            what=f"a pod asking {name}",
            within_seconds=SOON,
        )


def test_a_restricted_pod_has_no_rights_and_an_unrestricted_one_is_refused(place: Place) -> None:
    place.serve("web")
    who = dict(line.split(" ", 1) for line in place.ask("web", "/who").splitlines())
    assert who.pop("root").endswith("read-only file system")
    assert who == {"Uid": "10001", "CapEff": "0000000000000000", "NoNewPrivs": "1", "Seccomp": "2"}
    plain = {"containers": [{"name": "it", "image": "registry.example/tests/program:1"}]}
    with pytest.raises(KubectlError, match="violates PodSecurity"):
        place.put({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "plain"}, "spec": plain})


def test_a_job_runs_to_its_end_and_its_log_can_be_read(place: Place) -> None:
    pod = {"restartPolicy": "Never", "containers": [container(args=["say", "all is well"])]}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once"}, "spec": {"template": {"spec": pod}}}
    place.put(job)
    place.kubectl("wait", "--for=condition=Complete", "job/once", f"--timeout={SOON}s")
    assert place.kubectl("logs", "job/once") == "all is well\n"


def test_a_command_can_be_run_in_a_pod(place: Place) -> None:
    place.serve("web")
    assert place.kubectl("exec", "deployment/web", "--", "/program", "say", "hello") == "hello\n"


def test_a_pod_uses_the_api_with_its_own_account_and_no_more_rights_than_that_has(place: Place) -> None:
    place.serve("web")
    assert json.loads(place.ask("web", "/api", path="/version").removeprefix("200 "))["gitVersion"] == "v1.36.1"
    assert place.ask("web", "/api", path=f"/api/v1/namespaces/{place.namespace}/secrets").startswith("403 ")


def test_a_pod_reaches_a_program_of_the_machine_and_nothing_beyond(place: Place, program_of_the_machine: str) -> None:
    place.serve("web")
    assert place.ask("web", "/get", url=program_of_the_machine).startswith("200 hello ")
    # An address for documentation (RFC 5737), so nobody's: with a route it would time out.
    assert "unreachable" in place.ask("web", "/get", url="http://203.0.113.1/")


def test_an_image_that_is_loaded_later_can_be_run(place: Place, node: Node, tmp_path: Path) -> None:
    name = "registry.example/tests/later:1"
    node.load(make_archive(name, tmp_path / "later.tar"))
    place.serve("later", image=name)
    assert place.ask("later").startswith("later-")


def test_changes_are_in_the_audit_log_with_who_made_them(place: Place, node: Node) -> None:
    place.kubectl("create", "configmap", "seen")

    def rows() -> list[dict[str, object]]:
        lines = [json.loads(line) for line in node.audit_log.read_text(encoding="utf-8").splitlines()]
        return [line for line in lines if line["objectRef"].get("namespace") == place.namespace]

    row = until(
        lambda: next((row for row in rows() if row["objectRef"]["name"] == "seen"), None),  # type: ignore[index]
        what="the audit log naming the ConfigMap",
        within_seconds=SOON,
    )
    assert row is not None
    assert (row["verb"], row["user"]["username"]) == ("create", "kubernetes-admin")  # type: ignore[index]
