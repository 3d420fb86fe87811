"""The comparison of what was asked of the API server with roles, on small cases of both and on the shipped ones."""

from typing import Any

from devworld.cluster import OPERATOR_NAMESPACE
from tests.rights.cluster_rights import lacking, rights_of, shipped, unused
from tests.rights.recording import SOMEBODYS

EVERYWHERE = {
    "kind": "ClusterRole",
    "metadata": {"name": "r"},
    "rules": [{"apiGroups": [""], "resources": ["secrets", "configmaps"], "verbs": ["get"]}],
}
OWN_KEY = {
    "kind": "Role",
    "metadata": {"name": "r", "namespace": OPERATOR_NAMESPACE},
    "rules": [{"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["key"], "verbs": ["get"]}],
}
RIGHTS = [*rights_of(EVERYWHERE), *rights_of(OWN_KEY)]


def row(verb: str, resource: str, *, namespace: str = SOMEBODYS, name: str = "", **members: str) -> dict[str, Any]:
    given = {"verb": verb, "group": "", "resource": resource, "namespace": namespace, "name": name}
    return {**given, "decision": "allow", "reason": 'ClusterRole "operator"', **members}


def test_what_no_rule_allows_is_named() -> None:
    assert lacking(RIGHTS, [row("list", "secrets"), row("get", "secrets")]) == [
        "the roles lack list secrets in a namespace"
    ]


def test_another_group_or_subresource_is_another_thing() -> None:
    assert len(lacking(RIGHTS, [row("get", "secrets", group="other"), row("get", "secrets/status")])) == 2


def test_a_role_holds_in_its_namespace_and_for_its_names() -> None:
    own = list(rights_of(OWN_KEY))
    assert lacking(own, [row("get", "secrets", namespace=OPERATOR_NAMESPACE, name="key")]) == []
    assert len(lacking(own, [row("get", "secrets", namespace=OPERATOR_NAMESPACE, name="other")])) == 1
    assert len(lacking(own, [row("get", "secrets", name="key")])) == 1


def test_what_kubernetes_allows_everybody_needs_no_rule() -> None:
    asks = row("create", "selfsubjectaccessreviews", reason='... of ClusterRole "system:basic-user" to Group')
    assert lacking(RIGHTS, [asks]) == []


def test_a_request_needs_the_narrowest_rule_that_allows_it() -> None:
    own = row("get", "secrets", namespace=OPERATOR_NAMESPACE, name="key")
    assert unused(RIGHTS, [own]) == ["get secrets in all namespaces", "get configmaps in all namespaces"]
    assert unused(RIGHTS, [own, row("get", "secrets"), row("get", "configmaps")]) == []


def test_the_shipped_roles_show_no_secrets_by_list_or_watch() -> None:
    secret = [right for right in shipped() if right.resource == "secrets"]
    assert {right.verb for right in secret} == {"get", "create"}
    assert [right for right in secret if right.verb == "create" and right.namespace is None] == []
    assert [right for right in shipped() if "*" in (right.verb, right.group, right.resource)] == []
