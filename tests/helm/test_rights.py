"""The chart's rights are those of config/rbac/operator.yaml, which are held against what the operator does."""

from collections.abc import Iterable
from typing import Any

import yaml

from devworld.cluster import RBAC
from tests.helm.helm import Helm, Manifest, named_image, of_kind

Rule = dict[str, Any]
PACKER = {"packer": {"image": {"repository": "registry.test/packer"}}}
INPUTS = {"apiGroups": [""], "resources": ["secrets", "configmaps"], "verbs": ["get"]}
EXPORTS = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["create", "patch", "delete"]}
CLUSTER = {"apiGroups": [""], "resources": ["namespaces"], "resourceNames": ["kube-system"], "verbs": ["get"]}


def shipped(kind: str) -> list[Rule]:
    documents = list(yaml.safe_load_all((RBAC / "operator.yaml").read_text("utf-8")))
    [role] = [document for document in documents if document["kind"] == kind]
    rules: list[Rule] = role["rules"]
    return rules


def unordered(rules: Iterable[Rule]) -> list[str]:
    return sorted(yaml.safe_dump({name: sorted(words) for name, words in rule.items()}) for rule in rules)


def bound(manifests: list[Manifest]) -> dict[str, list[Rule]]:
    """What the operator's ServiceAccount may do, by namespace; everywhere is ''."""
    rights: dict[str, list[Rule]] = {}
    for binding in (*of_kind(manifests, "ClusterRoleBinding"), *of_kind(manifests, "RoleBinding")):
        [subject] = binding["subjects"]
        assert subject == {"kind": "ServiceAccount", "name": "mine", "namespace": "operators"}
        [role] = [
            each
            for each in of_kind(manifests, binding["roleRef"]["kind"])
            if each["metadata"]["name"] == binding["roleRef"]["name"]
            and each["metadata"].get("namespace") in (binding["metadata"].get("namespace"), None)
        ]
        rights.setdefault(binding["metadata"].get("namespace", ""), []).extend(role["rules"])
    return rights


def rights_with(helm: Helm, **values: Any) -> dict[str, list[Rule]]:
    return bound(helm.template(named_image(serviceAccount={"name": "mine"}, **values)))


def test_in_cluster_mode_they_are_the_tested_ones(helm: Helm) -> None:
    rights = rights_with(helm, **PACKER)
    assert unordered(rights[""]) == unordered(shipped("ClusterRole"))
    assert unordered(rights["operators"]) == unordered(shipped("Role"))
    assert set(rights) == {"", "operators"}


def test_in_namespaced_mode_they_hold_in_those_namespaces_only(helm: Helm) -> None:
    rights = rights_with(helm, watchNamespaces=["team-a", "team-b"], **PACKER)
    of_work = unordered(rule for rule in shipped("ClusterRole") if rule != CLUSTER)
    assert (unordered(rights["team-a"]), unordered(rights["team-b"])) == (of_work, of_work)
    assert rights[""] == [CLUSTER]
    assert unordered(rights["operators"]) == unordered(shipped("Role"))


def test_in_namespaced_mode_with_a_cluster_id_nothing_is_bound_everywhere(helm4: Helm) -> None:
    assert "" not in rights_with(helm4, watchNamespaces=["team-a"], settings={"clusterId": "mine"})


def test_the_operators_own_namespace_may_be_one_of_those_it_works_in(helm4: Helm) -> None:
    rights = rights_with(helm4, watchNamespaces=["operators"], **PACKER)
    everything = [rule for rule in (*shipped("ClusterRole"), *shipped("Role")) if rule != CLUSTER]
    assert unordered(rights["operators"]) == unordered(everything)


def test_without_a_packer_it_may_not_make_jobs(helm4: Helm) -> None:
    rights = rights_with(helm4)[""]
    assert [rule for rule in rights if "jobs" in rule["resources"] or "pods" in rule["resources"]] == []
    assert len(rights) == len(shipped("ClusterRole")) - 2


def test_inputs_are_read_where_that_is_allowed_and_nowhere_else(helm4: Helm) -> None:
    some = rights_with(helm4, rbac={"inputs": {"namespaces": ["team-a"]}})
    assert INPUTS not in some[""]
    assert some["team-a"] == [INPUTS]
    none = rights_with(helm4, rbac={"inputs": {"enabled": False, "namespaces": ["team-a"]}})
    assert INPUTS not in none[""]
    assert "team-a" not in none


def test_exports_are_written_where_that_is_allowed(helm4: Helm) -> None:
    assert EXPORTS in rights_with(helm4)[""]
    assert EXPORTS not in rights_with(helm4, rbac={"exports": False})[""]


def test_people_get_rights_only_where_the_values_say_so(helm4: Helm) -> None:
    def aggregated(**users: bool) -> list[dict[str, str]]:
        roles = of_kind(helm4.template(named_image(rbac={"users": users})), "ClusterRole")
        labels = [role["metadata"]["labels"] for role in roles]
        return [
            {name: value for name, value in each.items() if "aggregate-to" in name}
            for each in labels
            if any("aggregate-to" in name for name in each)
        ]

    assert aggregated() == []
    assert aggregated(create=False, aggregate=True) == []
    view, edit = aggregated(aggregate=True)
    assert {name.rpartition("-")[2] for name in view} == {"view", "edit", "admin"}
    assert {name.rpartition("-")[2] for name in edit} == {"edit", "admin"}


def test_two_releases_of_one_name_meet_nowhere(helm4: Helm) -> None:
    def clusterwide(namespace: str) -> set[str]:
        manifests = helm4.template(named_image(crds={"enabled": False}), namespace=namespace)
        return {each["metadata"]["name"] for each in manifests if "namespace" not in each["metadata"]}

    assert not clusterwide("team-a") & clusterwide("team-b")


def test_the_right_to_change_services_is_made_only_when_asked_for_and_holds_nowhere_by_itself(helm: Helm) -> None:
    named = named_image(serviceAccount={"name": "mine"})
    assert [each for each in helm.template(named) if is_of_migration(each)] == []
    made = [each for each in helm.template({**named, "migration": {"enabled": True}}) if is_of_migration(each)]
    [role] = made
    assert role["kind"] == "ClusterRole"
    assert {"apiGroups": [""], "resources": ["services"], "verbs": ["list", "watch", "create", "patch", "delete"]} in (
        role["rules"]
    )


def test_the_right_to_change_services_holds_in_the_named_namespaces_only(helm: Helm) -> None:
    before = rights_with(helm)
    rights = rights_with(helm, migration={"enabled": True, "namespaces": ["team-a"]})
    assert [rule["resources"] for rule in rights.pop("team-a")][:2] == [["services"], ["deployments"]]
    assert rights == before


def is_of_migration(manifest: Manifest) -> bool:
    return str(manifest["metadata"]["name"]).endswith("-migration")
