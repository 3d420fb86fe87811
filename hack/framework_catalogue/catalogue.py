"""The catalogue: every image that the SDK can name, with its tags by processor."""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import sdk

# An instance type of each processor that the SDK's configs know.
INSTANCE_OF: Final = {
    "any": "ml.c5.xlarge",
    "cpu": "ml.c5.xlarge",
    "gpu": "ml.g4dn.xlarge",
    "inf": "ml.inf1.xlarge",
    "inf2": "ml.inf2.xlarge",
    "trn": "ml.trn1.2xlarge",
    "neuronx": "ml_neuronx",
}
# Families that the SDK treats apart from other GPUs: a CUDA of their own, or refused with newer frameworks.
ODD_GPU_FAMILIES: Final = {"p2": "ml.p2.xlarge", "p4d": "ml.p4d.24xlarge"}
GRAVITON: Final = "ml.c6g.xlarge"

Row = list[Any]


class Catalogue:
    """What is written to the data file: sets of registries, and a line for each framework."""

    def __init__(self) -> None:
        self._registries: list[dict[str, str]] = []

    def lines(self, *, date: str) -> Iterator[str]:
        frameworks = {name: images for name in sdk.frameworks() if (images := self._framework(name))}
        regions = sorted({region for registries in self._registries for region in registries})
        suffixes = {region: sdk.dns_suffix(region) for region in regions}
        yield _compact(
            {
                "source": {"sagemaker": sdk.version(), "date": date},
                "registries": [_by_account(registries) for registries in self._registries],
                "dnsSuffixes": {region: s for region, s in suffixes.items() if s != "amazonaws.com"},
            }
        )
        for name, images in frameworks.items():
            yield _compact({"name": name, "scopes": images})

    def _framework(self, name: str) -> dict[str, Any]:
        found = {}
        for scope, config in sdk.scopes(name).items():
            versions: dict[str, list[Row]] = {}
            aliases: dict[str, str] = {}
            for version in config["versions"]:
                self._add_version(_Asking(name, scope, config, version), versions=versions, aliases=aliases)
            if versions:
                found[scope] = {"aliases": aliases, "versions": versions}
        return found

    def _add_version(self, asking: "_Asking", *, versions: dict[str, list[Row]], aliases: dict[str, str]) -> None:
        shorts = [short for short, full in asking.config.get("version_aliases", {}).items() if full == asking.version]
        try:
            rows = self._rows(asking, short=shorts[0] if shorts else None)
            aliases.update(dict.fromkeys(shorts, asking.version) if rows else {})
        except _ShortIsAnother:
            rows = self._rows(asking, short=None)
            versions.update({short: self._rows(asking, short=None, written=short) for short in shorts})
        if rows:
            versions[asking.version] = rows

    def _rows(self, asking: "_Asking", *, short: str | None, written: str | None = None) -> list[Row]:
        """A row for each base and Python; `written` stands for the version in what is asked."""
        rows = []
        for base, base_short, leaf, pythons in asking.leaves():
            region = "us-east-1" if "us-east-1" in leaf["registries"] else min(leaf["registries"])
            for python in pythons:
                question = {
                    "framework": asking.framework,
                    "region": region,
                    "scope": asking.scope,
                    "version": written or asking.version,
                    "base": base,
                    "python": python,
                }
                processors = asking.config.get("processors") or leaf.get("processors") or ["any"]
                tags = _tags(question, processors, short=short, base_short=base_short)
                if any(tags.values()):
                    rows.append([base, python, leaf["repository"], self._index(leaf["registries"]), tags])
                else:
                    print(f"left out, the SDK refuses it: {question}", file=sys.stderr)
        return rows

    def _index(self, registries: dict[str, str]) -> int:
        if registries not in self._registries:
            self._registries.append(registries)
        return self._registries.index(registries)


@dataclass(frozen=True)
class _Asking:
    framework: str
    scope: str
    config: dict[str, Any]
    version: str

    def leaves(self) -> Iterator[tuple[str | None, str | None, dict[str, Any], list[str | None]]]:
        """(base, short name of the base, config, Python versions): a version branches by base, by Python, or not."""
        content = self.config["versions"][self.version]
        if "repository" in content:
            yield None, None, content, content.get("py_versions") or [None]
            return
        shorts = {full: short for short, full in content.get("version_aliases", {}).items()}
        for key, leaf in content.items():
            if key == "version_aliases":
                continue
            if re.fullmatch(r"py\d+", key):
                yield None, None, leaf, [key]
            else:
                yield key, shorts.get(key), leaf, leaf.get("py_versions") or [None]


def _tags(
    question: dict[str, Any], processors: list[str], *, short: str | None, base_short: str | None
) -> dict[str, str | None]:
    tags: dict[str, str | None] = {}
    for processor in processors:
        instance = GRAVITON if question["scope"] == "inference_graviton" else INSTANCE_OF[processor]
        tag = _template(question, instance, short=short, base_short=base_short)
        if tag is not None:
            tags[processor] = tag
    for family, instance in ODD_GPU_FAMILIES.items():
        if "gpu" in tags and (odd := _template(question, instance, short=short, base_short=base_short)) != tags["gpu"]:
            tags[family] = odd
    return tags


def _template(question: dict[str, Any], instance: str, *, short: str | None, base_short: str | None) -> str | None:
    """The tag, with {version} or {base} where the SDK puts what the user wrote, be it full or short.

    Raises _ShortIsAnother where it does more than that.
    """
    tag = _tag(question, instance)
    if tag is None:
        return None
    template = tag
    for member, name, written, place in (
        ("version", short, question["version"], "{version}"),
        ("base", base_short, _digits(question["base"]), "{base}"),
    ):
        answer = _tag({**question, member: name}, instance) if name else tag
        if answer == tag:
            continue
        template = place + template.removeprefix(written)
        if answer != template.replace(place, _digits(name) if member == "base" else str(name)):
            raise _ShortIsAnother
    return template


class _ShortIsAnother(Exception):
    """A short version has an image of its own."""


def _tag(question: dict[str, Any], instance: str) -> str | None:
    uri = sdk.image_uri(**question, instance_type=instance)
    return uri.rpartition("/")[2].partition(":")[2] if uri else None


def _digits(base: str | None) -> str:
    return (base or "").lstrip("abcdefghijklmnopqrstuvwxyz")


def _by_account(registries: dict[str, str]) -> dict[str, str]:
    accounts: dict[str, list[str]] = {}
    for region in sorted(registries):
        accounts.setdefault(registries[region], []).append(region)
    return {account: " ".join(regions) for account, regions in accounts.items()}


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
