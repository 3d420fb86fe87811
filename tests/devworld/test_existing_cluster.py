"""A cluster of the user's is used only when asked for, and is left as it was found but for the kinds."""

import os
from pathlib import Path

import pytest

from devworld import cluster
from devworld.settings import Settings
from devworld.world import World
from tests.controlplane.controlplane import ControlPlane
from tests.controlplane.source import ExistingCluster, SourceError, where_from


def test_a_world_in_an_existing_cluster_goes_without_a_trace_and_leaves_it_running(
    control_plane: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{control_plane.kubectl.program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("TEST_CLUSTER", "existing")
    monkeypatch.setenv("KUBECONFIG", str(control_plane.kubeconfig))
    before = control_plane.kubectl("get", "namespaces,clusterroles,clusterrolebindings", "-o", "name")
    world = World.start(tmp_path / "world", Settings(operator=False), die_with_parent=True)
    try:
        assert isinstance(world.source, ExistingCluster)
        assert control_plane.kubectl.find("get", "namespace", cluster.OPERATOR_NAMESPACE) is not None
    finally:
        world.stop()
    assert control_plane.kubectl("get", "namespaces,clusterroles,clusterrolebindings", "-o", "name") == before


def test_the_users_kubeconfig_alone_brings_no_world_into_his_cluster(tmp_path: Path) -> None:
    (tmp_path / "etcd").touch()
    (tmp_path / "kube-apiserver").touch()
    (tmp_path / "kubectl").touch()
    source = where_from({"KUBECONFIG": "/some/cluster", "KUBEBUILDER_ASSETS": str(tmp_path)})
    assert not isinstance(source, ExistingCluster)


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ({"TEST_CLUSTER": "kind"}, "the only value is 'existing'"),
        ({"TEST_CLUSTER": "existing", "KUBECONFIG": "/no/such/file"}, "set KUBECONFIG to one"),
        ({"KUBEBUILDER_ASSETS": "/no/such/folder"}, "lacks etcd, kube-apiserver"),
    ],
)
def test_a_source_that_cannot_be_used_is_refused_with_what_to_change(variables: dict[str, str], complaint: str) -> None:
    with pytest.raises(SourceError, match=complaint):
        where_from(variables)
