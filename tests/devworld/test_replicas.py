"""OPERATOR_REPLICAS: so many operators, found again, mended one by one, named in the order in which they stand."""

from collections.abc import Iterator

import pytest

from tests.controlplane.httpcheck import answers_ok
from tests.devworld.command import DevWorld, processes_of

REPLICAS = ("operator", "operator-2", "operator-3")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevWorld]:
    """A world of three replicas; the commands after the first find it again."""
    devworld = DevWorld(tmp_path_factory.mktemp("dev"))
    said = devworld.run("up", OPERATOR_REPLICAS="3")
    try:
        assert said.code == 0, said.output
        yield devworld
    finally:
        assert devworld.run("down").code == 0
    assert processes_of(devworld.directory) == []


def test_the_env_file_names_every_replica_in_order(running: DevWorld) -> None:
    said = running.sourced('echo "$OPERATOR_PID"; echo "$OPERATOR_METRICS_URL"')
    ports = [running.part(name)["ports"][0] for name in REPLICAS]
    assert said.output.splitlines() == [
        " ".join(str(running.pid(name)) for name in REPLICAS),
        " ".join(f"http://127.0.0.1:{port}/metrics" for port in ports),
    ]
    assert len(set(ports)) == len(REPLICAS)
    assert all(answers_ok(f"http://127.0.0.1:{port}/metrics") for port in ports)


def test_only_the_replica_that_died_is_started_again(running: DevWorld) -> None:
    before = {name: running.part(name) for name in REPLICAS}
    running.kill("operator-2")
    said = running.run("up", OPERATOR_REPLICAS="3")
    assert said.code == 0, said.output
    assert "starting again: operator-2\n" in said.output
    after = {name: running.part(name) for name in REPLICAS}
    assert [name for name in REPLICAS if before[name] != after[name]] == ["operator-2"]
    assert before["operator-2"]["ports"] == after["operator-2"]["ports"]
    pids = running.sourced('echo "$OPERATOR_PID"').output.split()
    assert pids == [str(running.pid(name)) for name in REPLICAS]


def test_another_number_of_replicas_on_a_running_world_is_refused(running: DevWorld) -> None:
    said = running.run("up", OPERATOR_REPLICAS="2")
    assert said.code == 1
    assert "OPERATOR_REPLICAS is 3 there and 2 here" in said.output
