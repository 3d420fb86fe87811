"""The CustomResourceDefinitions of another controller: what may stand in its template, and how each is addressed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.bench.refusal import OptionError


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One namespaced kind."""

    group: str
    name: str
    plural: str
    versions: tuple[str, ...]
    """Those served."""
    manifest: str
    """The whole CustomResourceDefinition, as YAML."""


def kinds_in(folder: Path) -> list[Kind]:
    """All of a folder's *.yaml; other documents (a kustomization.yaml) are left out. Raises OptionError."""
    documents = [document for file in sorted(folder.glob("*.yaml")) for document in _documents(file)]
    kinds = [_kind(document) for document in documents if _is_definition(document)]
    if not kinds:
        raise OptionError(f"--crds {folder}: it holds no CustomResourceDefinition (*.yaml); give the folder with them")
    return kinds


def _documents(file: Path) -> list[Any]:
    try:
        return list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise OptionError(f"--crds: {file} is no YAML: {error}") from None


def _is_definition(document: Any) -> bool:
    return isinstance(document, dict) and document.get("kind") == "CustomResourceDefinition"


def _kind(document: dict[str, Any]) -> Kind:
    try:
        spec = document["spec"]
        return Kind(
            group=spec["group"],
            name=spec["names"]["kind"],
            plural=spec["names"]["plural"],
            versions=tuple(version["name"] for version in spec["versions"] if version["served"]),
            manifest=yaml.safe_dump(document),
        )
    except (KeyError, TypeError) as error:
        name = (document.get("metadata") or {}).get("name")
        raise OptionError(
            f"--crds: CustomResourceDefinition {name} lacks {error}; it needs apiextensions.k8s.io/v1"
        ) from None
