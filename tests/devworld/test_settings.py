"""What a user sets is taken as meant, or refused by name."""

from pathlib import Path

import pytest

from devworld.environment import clear_inherited, go_direct
from devworld.node import links
from devworld.node.slots import Slot
from devworld.settings import Settings, SettingsError, dev_dir


@pytest.mark.parametrize(
    ("variables", "settings"),
    [
        ({}, Settings(time_scale=60, operator=True, operator_args=(), node=None)),
        ({"NODE": "0"}, Settings(node=False)),
        ({"NODE": "1"}, Settings(node=True)),
        ({"TIME_SCALE": "600", "OPERATOR": "0"}, Settings(time_scale=600, operator=False, node=None)),
        (
            {"OPERATOR_ARGS": "--workers 4 --log-level 'DEBUG'"},
            Settings(operator_args=("--workers", "4", "--log-level", "DEBUG"), node=None),
        ),
        ({"OPERATOR_REPLICAS": "1"}, Settings(node=None)),
        ({"OPERATOR_REPLICAS": "3"}, Settings(operator_replicas=3, node=None)),
    ],
)
def test_settings_come_from_the_environment(variables: dict[str, str], settings: Settings) -> None:
    assert Settings.from_environment(variables) == settings


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ({"OPERATOR_REPLICAS": "two"}, "OPERATOR_REPLICAS=two: give a whole number from 1 to 9"),
        ({"OPERATOR_REPLICAS": "0"}, "OPERATOR_REPLICAS=0: .*OPERATOR=0 starts none"),
        ({"OPERATOR_REPLICAS": "10"}, "OPERATOR_REPLICAS=10: give a whole number from 1 to 9"),
        ({"TIME_SCALE": "fast"}, "TIME_SCALE=fast: give a number above 0"),
        ({"TIME_SCALE": "0"}, "TIME_SCALE=0: give a number above 0"),
        ({"TIME_SCALE": "inf"}, "TIME_SCALE=inf: give a number above 0"),
        ({"NODE": "kind"}, "NODE=kind: give 0 or 1"),
        ({"OPERATOR": "no"}, "OPERATOR=no: give 0 or 1"),
        ({"OPERATOR_ARGS": "--a 'b"}, "OPERATOR_ARGS: No closing quotation"),
    ],
)
def test_what_cannot_be_served_is_refused_by_name(variables: dict[str, str], complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        Settings.from_environment(variables)


def test_a_relative_dev_dir_starts_at_the_project() -> None:
    assert dev_dir({"DEV_DIR": ".dev-two"}).parent == dev_dir({}).parent
    assert dev_dir({"DEV_DIR": ".dev-two"}) != dev_dir({})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"AWS_PROFILE": "p", "AWS_SESSION_TOKEN": "t", "HOME": "/h"}, {"HOME": "/h"}),
        ({"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9000"}, {}),
        ({"KUBECONFIG": "/k"}, {}),
        ({"KUBECONFIG": "/k", "TEST_CLUSTER": "existing"}, {"KUBECONFIG": "/k", "TEST_CLUSTER": "existing"}),
    ],
)
def test_what_a_user_has_of_aws_and_kubernetes_is_not_inherited(before: dict[str, str], after: dict[str, str]) -> None:
    clear_inherited(before)
    assert before == after


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SAGEMAKER"])
def test_an_endpoint_elsewhere_is_refused_under_each_of_its_names(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}=https://example.com is not on this machine"):
        clear_inherited({name: "https://example.com"})


def test_where_pods_find_this_machine_is_on_this_machine_as_long_as_the_node_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(links, "INTERFACES", tmp_path)
    slot, neighbour = Slot(3), Slot(4)
    (tmp_path / slot.link).touch()
    clear_inherited({"AWS_ENDPOINT_URL": f"http://{slot.addresses.machine}:8080"})
    for elsewhere in (slot.addresses.node, slot.addresses.inner_end, neighbour.addresses.machine):
        with pytest.raises(SettingsError, match="is not on this machine"):
            clear_inherited({"AWS_ENDPOINT_URL": f"http://{elsewhere}:8080"})


def test_no_proxy_is_asked_for_what_is_on_this_machine() -> None:
    environment = {"NO_PROXY": "intranet.example"}
    go_direct(environment)
    direct = "127.0.0.1,localhost,198.18.0.0/15"
    assert environment == {"NO_PROXY": f"intranet.example,{direct}", "no_proxy": direct}
