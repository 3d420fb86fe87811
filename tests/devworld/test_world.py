"""The world that tests get: the operator is itself in it, and each part can die and come back."""

import pytest

from devworld import cluster
from devworld.world import World
from tests.controlplane.kubectl import KubectlError


def test_the_operator_is_its_service_account_and_not_admin(world: World) -> None:
    operator = world.kubectl.using(world.operator_kubeconfig)
    assert operator.json("auth", "whoami")["status"]["userInfo"]["username"] == cluster.operator_user()
    with pytest.raises(KubectlError, match=r"cannot list resource \"secrets\""):
        operator("get", "secrets", "-A")


def test_the_operator_comes_back_after_a_kill(world: World) -> None:
    pid = world.operator.pid
    world.operator.kill()
    assert not world.operator.alive
    world.operator.start()
    assert world.operator.alive
    assert world.operator.pid != pid


def test_the_simulator_tells_the_users_calls_from_the_operators(world: World) -> None:
    since = max((call["n"] for call in world.simulator.calls()), default=0)
    world.boto3("sagemaker").list_endpoints(NameContains="nobody-asks-for-this")
    keys = {call["accessKey"] for call in world.simulator.calls(since=since) if call["userAgent"].startswith("Boto3")}
    assert "AKIADEVWORLDUSER0001" in keys
