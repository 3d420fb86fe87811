"""`make dev-up` and `make dev-down` keep what running is promised: whole again, side by side, and nothing left."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.devworld.command import DevWorld, processes_of

PARTS = ("etcd", "kube-apiserver", "kube-controller-manager", "simulator", "operator")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevWorld]:
    """A world that was brought up and is taken down at the end."""
    devworld = DevWorld(tmp_path_factory.mktemp("dev"))
    said = devworld.run("up")
    try:
        assert said.code == 0, said.output
        yield devworld
    finally:
        assert devworld.run("down").code == 0
    assert processes_of(devworld.directory) == []


@pytest.mark.parametrize("name", ["simulator", "operator"])
def test_a_part_that_was_killed_is_started_again_and_nothing_else_is(running: DevWorld, name: str) -> None:
    before = {each: running.part(each) for each in PARTS}
    running.kill(name)
    said = running.run("up")
    assert said.code == 0, said.output
    assert f"starting again: {name}\n" in said.output
    after = {each: running.part(each) for each in PARTS}
    assert {each for each in PARTS if before[each] != after[each]} == {name}
    assert before[name]["ports"] == after[name]["ports"]


def test_up_on_a_whole_world_starts_nothing(running: DevWorld) -> None:
    before = {name: running.part(name) for name in PARTS}
    said = running.run("up")
    assert "nothing is missing" in said.output
    assert {name: running.part(name) for name in PARTS} == before


def test_changed_settings_on_a_running_world_are_refused_by_name(running: DevWorld) -> None:
    said = running.run("up", TIME_SCALE="600")
    assert said.code == 1
    assert "TIME_SCALE is 60 there and 600 here" in said.output
    assert "make dev-down" in said.output


def test_two_worlds_run_side_by_side(running: DevWorld, tmp_path: Path) -> None:
    other = DevWorld(tmp_path / "other")
    try:
        said = other.run("up", OPERATOR="0")
        assert said.code == 0, said.output
        ports = [{port for name in PARTS for port in each.part(name)["ports"]} for each in (running, other)]
        assert ports[0].isdisjoint(ports[1])
        for each in (running, other):
            assert "inferenceendpoints" in each.sourced("kubectl get crd -o name").output
    finally:
        assert other.run("down").code == 0
    assert processes_of(other.directory) == []
    assert "inferenceendpoints" in running.sourced("kubectl get crd -o name").output


def test_the_env_file_makes_a_shell_talk_to_this_world_only(running: DevWorld) -> None:
    said = running.sourced(
        'echo "$AWS_ENDPOINT_URL $SIMULATOR_URL $OPERATOR_PID ${AWS_PROFILE-none} ${AWS_ENDPOINT_URL_S3-none}"\n'
        "kubectl auth whoami -o jsonpath='{.status.userInfo.username}'; echo\n"
        'tr "\\0" " " < /proc/$OPERATOR_PID/cmdline | grep -o "^[^ ]*python[^ ]* -m endpoint_operator run"\n'
        "command -v kubectl-inference",
        AWS_PROFILE="production",
        AWS_ENDPOINT_URL_S3="https://s3.example.com",
        KUBECONFIG="/nowhere",
    )
    simulator = f"http://127.0.0.1:{running.part('simulator')['ports'][0]}"
    assert said.output.splitlines() == [
        f"{simulator} {simulator} {running.pid('operator')} none none",
        "kubernetes-admin",
        f"{sys.executable} -m endpoint_operator run",
        str(running.directory / "bin" / "kubectl-inference"),
    ]


def test_down_ends_a_half_dead_world_and_a_second_one_finds_nothing(tmp_path: Path) -> None:
    devworld = DevWorld(tmp_path / "half")
    assert devworld.run("up", OPERATOR="0").code == 0
    devworld.kill("etcd")
    devworld.kill("simulator")
    assert "stopped" in devworld.run("down").output
    assert processes_of(devworld.directory) == []
    assert devworld.run("down").output.endswith("nothing was running\n")


def test_a_part_that_cannot_start_is_named_with_the_end_of_its_log_and_nothing_stays(tmp_path: Path) -> None:
    devworld = DevWorld(tmp_path / "broken")
    broken = tmp_path / "broken-programs" / "sagemaker_simulator"
    broken.mkdir(parents=True)
    (broken / "__init__.py").touch()
    (broken / "__main__.py").write_text("raise SystemExit('no disk left for the artifacts')\n", encoding="utf-8")
    said = devworld.run("up", OPERATOR="0", PYTHONPATH=str(broken.parent))
    assert said.code == 1
    assert "simulator ended while it started" in said.output
    assert "no disk left for the artifacts" in said.output
    assert str(devworld.directory / "logs" / "simulator.log") in said.output
    assert processes_of(devworld.directory) == []


def test_an_aws_endpoint_that_is_not_on_this_machine_is_refused(tmp_path: Path) -> None:
    said = DevWorld(tmp_path / "dev").run("up", AWS_ENDPOINT_URL="https://sagemaker.us-east-1.amazonaws.com")
    assert said.code == 1
    assert "AWS_ENDPOINT_URL=https://sagemaker.us-east-1.amazonaws.com is not on this machine" in said.output
