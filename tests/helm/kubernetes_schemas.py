"""Kubernetes' own schemas, strict: an object with a field that Kubernetes does not know is refused.

They come with kubernetes-validate, whose own function reads megabytes of them for every object.
"""

import functools
from typing import Any

from jsonschema import Draft202012Validator
from kubernetes_validate import utils
from referencing import Registry, Resource

from tests.helm.helm import Manifest

# The oldest that the chart allows, and the newest that there are schemas of.
VERSIONS = ("1.29.0", utils.latest_version())


def complaints(manifest: Manifest, *, version: str) -> list[str]:
    """What is wrong with it, field by field. Raises FileNotFoundError for a kind that is not Kubernetes' own."""
    group = manifest["apiVersion"].replace("/", "-")
    group = f"{group.partition('.')[0]}-{group.rpartition('-')[2]}" if "." in group else group
    errors = _validator(version, f"{manifest['kind'].lower()}-{group}").iter_errors(manifest)
    return [f"{'.'.join(str(part) for part in error.path)}: {error.message}" for error in errors]


@functools.cache
def _validator(version: str, kind: str) -> Draft202012Validator:
    schema = utils.schema_contents(f"{_folder(version)}/{kind}.json", version)
    return Draft202012Validator(schema, registry=_definitions(version))


@functools.cache
def _definitions(version: str) -> "Registry[Any]":
    definitions = Resource.from_contents(utils.schema_contents(f"{_folder(version)}/_definitions.json", version))
    return definitions @ Registry()


def _folder(version: str) -> str:
    return f"kubernetes-json-schema/v{version}-local-strict"
