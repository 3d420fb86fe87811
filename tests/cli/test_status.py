"""`status` says whether an endpoint is up and, if not, why."""

import json
import os
import re
import signal
from pathlib import Path

import pytest

from tests.cli.people import Person
from tests.cli.program import Program
from tests.cli.scene import Scene
from tests.controlplane.controlplane import ControlPlane
from tests.controlplane.deadlines import until
from tests.controlplane.source import ExistingCluster, where_from

UNHEALTHY = "The primary container for production variant AllTraffic did not pass the ping health check."
COLOUR = "\x1b["


def test_a_ready_object_shows_what_serves_where_and_how_it_came_about(scene: Scene) -> None:
    scene.apply(scene.manifest())
    status = scene.settles()["status"]
    said = scene.program("status", "churn", "-n", scene.namespace)
    assert said.code == 0
    flat = " ".join(said.out.split())
    assert f"{scene.object} RealTime Ready for" in flat
    assert f"Endpoint: {scene.endpoint} InService" in flat
    assert f"Serves: {status['revisions'][0]['name']}" in flat
    assert "Instances: 2 of 2" in flat
    assert f"Invoke: {status['endpoint']['invocationUrl']}" in flat
    assert re.search(rf"{status['revisions'][0]['name']} Active \d+[sm]", flat)
    assert flat.index("CreatingEndpoint creating SageMaker endpoint") < flat.rindex(" Ready revision")


def test_a_page_fits_80_columns_and_has_colour_only_on_a_terminal(scene: Scene) -> None:
    scene.apply(scene.manifest())
    scene.settles()
    words = ("status", "churn", "-n", scene.namespace)
    said = scene.program(*words)
    assert COLOUR not in said.out
    assert [line for line in said.out.splitlines() if len(line) > 80 and not line.startswith("Invoke:")] == []
    assert COLOUR in scene.program.on_a_terminal(*words)


def test_a_stalled_object_shows_the_reason_and_the_revision_that_failed(scene: Scene) -> None:
    scene.world.simulator.next(scene.endpoint, result="Failed", failureReason=UNHEALTHY)
    scene.apply(scene.manifest())
    revision = scene.settles()["status"]["revisions"][0]["name"]
    flat = " ".join(scene.program("status", "churn", "-n", scene.namespace).out.split())
    assert "Stalled for" in flat
    assert "ContainerUnhealthy spec.containers[0]: The primary container" in flat
    assert "Up: no" in flat
    assert "Serves: nothing" in flat
    assert f"{revision} Failed" in flat


def test_a_revision_that_was_rolled_back_is_told_beside_the_one_that_serves(scene: Scene) -> None:
    scene.apply(scene.manifest())
    first = scene.settles()["status"]["revisions"][0]["name"]
    scene.world.simulator.next(scene.endpoint, result="RolledBack", failureReason=UNHEALTHY)
    scene.apply(scene.manifest(redeploy="again"))
    scene.settles()
    document = scene.program("status", "churn", "-n", scene.namespace, "-o", "json").document
    assert (document["up"], document["verdict"]["state"]) == (True, "Stalled")
    assert document["servingRevision"] == first
    states = {row["name"]: row["state"] for row in document["revisions"]}
    assert states.pop(first) == "Active"
    assert list(states.values()) == ["RolledBack"]


def test_a_revision_under_way_is_told_beside_the_one_that_serves(scene: Scene) -> None:
    scene.apply(scene.manifest())
    first = scene.settles()["status"]["revisions"][0]["name"]
    scene.world.simulator.next(scene.endpoint, result="InService", seconds=60_000)
    scene.apply(scene.manifest(redeploy="again"))
    rollout = until(lambda: scene.rollout(), what="a rollout in the status", within_seconds=90)
    flat = " ".join(scene.program("status", "churn", "-n", scene.namespace).out.split())
    scene.world.simulator.advance(seconds=60_000)
    assert f"Serves: {first} Under way: {rollout['toRevision']}, since" in flat


def test_json_holds_the_same_facts(scene: Scene) -> None:
    scene.apply(scene.manifest())
    status = scene.settles()["status"]
    document = scene.program("status", "churn", "-n", scene.namespace, "-o", "json").document
    assert (document["up"], document["verdict"]["state"]) == (True, "Ready")
    assert document["endpointStatus"] == "InService"
    assert document["invocationUrl"] == status["endpoint"]["invocationUrl"]
    assert (document["currentInstances"], document["desiredInstances"]) == (2, 2)
    assert [event["reason"] for event in document["events"]] == ["CreatingEndpoint", "Ready"]


def test_without_a_name_there_is_a_table_with_the_sentence_of_what_is_not_ready(scene: Scene) -> None:
    scene.apply(scene.manifest(executionRoleArn="arn:aws:iam::123456789012:role/nobody"))
    scene.settles()
    out = scene.program("status", "-n", scene.namespace).out
    assert out.splitlines()[0].split() == ["NAME", "UP", "STATE", "REASON", "REVISION", "INSTANCES", "AGE"]
    assert out.splitlines()[1].split()[:6] == ["churn", "no", "Stalled", "ExecutionRoleNotFound", "-", "0/2"]
    assert "churn: spec.executionRoleArn: there is no role" in out


def test_all_namespaces_are_one_table_or_one_list(scene: Scene) -> None:
    scene.apply(scene.manifest(executionRoleArn="arn:aws:iam::123456789012:role/nobody"))
    scene.settles()
    assert f"{scene.namespace}  churn" in re.sub(r" {2,}", "  ", scene.program("status", "-A").out)
    document = scene.program("status", "-A", "-o", "json").document
    assert scene.namespace in [each["namespace"] for each in document]


def test_the_namespace_is_that_of_the_current_context(scene: Scene, tmp_path: Path) -> None:
    scene.apply(scene.manifest())
    person = Person.who_may(scene.world, namespace=scene.namespace, verbs=["get"], directory=tmp_path)
    said = person.program("status", "churn")
    assert said.code == 0
    assert said.out.startswith(f"{scene.object} ")


def test_events_that_may_not_be_read_do_not_hide_the_rest(scene: Scene, tmp_path: Path) -> None:
    scene.apply(scene.manifest())
    person = Person.who_may(scene.world, namespace=scene.namespace, verbs=["get"], directory=tmp_path)
    said = person.program("status", "churn", "-o", "json")
    assert said.code == 0
    assert said.document["events"] is None
    assert "you may not list Events" in said.err


def test_who_has_no_rights_is_told_which(scene: Scene, tmp_path: Path) -> None:
    person = Person.who_may(scene.world, namespace=scene.namespace, verbs=[], directory=tmp_path)
    said = person.program("status")
    assert (said.code, said.out) == (1, "")
    assert "you may not list InferenceEndpoints" in said.err


def test_a_cluster_that_is_not_there_is_one_sentence(program: Program, tmp_path: Path) -> None:
    kubeconfig = json.loads(Path(program.variables["KUBECONFIG"]).read_text("utf-8"))
    kubeconfig["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    (tmp_path / "dead").write_text(json.dumps(kubeconfig), encoding="utf-8")
    for where, sentence in (("dead", "the cluster cannot be reached"), ("none", "no credentials for a cluster")):
        said = program.having(KUBECONFIG=str(tmp_path / where))("status")
        assert (said.code, said.out) == (1, "")
        assert said.err.startswith(f"Error: {sentence}")
        assert len(said.err.splitlines()) == 1


def test_a_cluster_without_the_kinds_is_one_sentence(program: Program, tmp_path: Path) -> None:
    source = where_from(os.environ)
    if isinstance(source, ExistingCluster):
        pytest.skip("the kinds of a user's cluster stay")
    plane = ControlPlane(tmp_path, source, death_signal=signal.SIGKILL)
    try:
        plane.start()
        bare = program.having(KUBECONFIG=str(plane.kubeconfig))
        for verb in (["status"], ["status", "churn"], ["retry", "churn"]):
            said = bare(*verb)
            assert (said.code, said.out) == (1, "")
            assert "install the operator's CRDs first" in said.err
    finally:
        plane.stop()
        plane.discard()
