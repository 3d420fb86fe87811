"""What the operator's account was seen to ask of the API server, held against the roles it ships with."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from devworld.cluster import RBAC

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Right:
    """One verb on one resource, by one rule. A Role's holds in its namespace, a ClusterRole's everywhere (None)."""

    verb: str
    group: str
    resource: str
    names: tuple[str, ...] = ()
    namespace: str | None = None

    def allows(self, row: Row) -> bool:
        return (
            (self.verb, self.group, self.resource) == (row["verb"], row["group"], row["resource"])
            and (not self.names or row["name"] in self.names)
            and self.namespace in (None, row["namespace"])
        )

    @property
    def narrowness(self) -> tuple[bool, bool]:
        """Among rights that allow one request, it is the narrowest that was needed."""
        return (self.namespace is not None, bool(self.names))

    def __str__(self) -> str:
        kind = f"{self.resource}.{self.group}" if self.group else self.resource
        only = f" {', '.join(self.names)}" if self.names else ""
        return f"{self.verb} {kind}{only} in {self.namespace or 'all namespaces'}"


def shipped() -> list[Right]:
    """All of config/rbac."""
    documents = [each for file in sorted(RBAC.glob("*.yaml")) for each in yaml.safe_load_all(file.read_text("utf-8"))]
    roles = [each for each in documents if each and each["kind"] in ("ClusterRole", "Role")]
    return [right for role in roles for right in rights_of(role)]


def rights_of(role: Mapping[str, Any]) -> Iterator[Right]:
    """One for each combination of a rule's verbs, groups and resources."""
    namespace = role["metadata"]["namespace"] if role["kind"] == "Role" else None
    for rule in role["rules"]:
        names = tuple(rule.get("resourceNames", ()))
        for group in rule["apiGroups"]:
            for resource in rule["resources"]:
                for verb in rule["verbs"]:
                    yield Right(verb, group, resource, names, namespace)


def lacking(rights: Sequence[Right], rows: Iterable[Row]) -> list[str]:
    """A sentence for each kind of request that no right allows, and that is not everybody's."""
    found: set[str] = set()
    for row in rows:
        if _is_everybodys(row) or any(right.allows(row) for right in rights):
            continue
        kind = f"{row['resource']}.{row['group']}" if row["group"] else row["resource"]
        named = f" {row['name']}" if row["name"] else ""
        found.add(f"the roles lack {row['verb']} {kind}{named} in {row['namespace'] or 'all namespaces'}")
    return sorted(found)


def unused(rights: Sequence[Right], rows: Iterable[Row]) -> list[str]:
    """The rights that nothing needed, as `str` has them."""
    needed: set[Right] = set()
    for row in rows:
        allowing = [right for right in rights if right.allows(row)]
        if allowing:
            needed.add(max(allowing, key=lambda right: right.narrowness))
    return [str(right) for right in rights if right not in needed]


def _is_everybodys(row: Row) -> bool:
    """Kubernetes itself allows every account to ask what it may do (system:basic-user) and what there is."""
    return row["decision"] == "allow" and 'ClusterRole "system:' in row["reason"]
