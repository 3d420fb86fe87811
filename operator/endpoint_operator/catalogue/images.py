"""The framework images from `images.jsonl`, read a framework at a time.

The file is generated from the SageMaker SDK, which is too large to ship (hack/framework_catalogue). Its first line says
from which release and holds the registries; each further line is a framework. A framework is parsed when it is first
asked for: all of them are a megabyte of objects, and most clusters use two.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any

from endpoint_operator.planning.image_catalogue import CataloguedImage, ScopedImages


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the catalogue is from."""

    sdk_version: str
    """Release of the `sagemaker` package."""
    date: str
    """When it was generated, ISO 8601."""


class BundledImages:
    """The `ImageCatalogue` that is shipped with the operator."""

    def __init__(self) -> None:
        self._parsed: dict[str, dict[str, ScopedImages]] = {}
        self._registries: dict[int, dict[str, str]] = {}

    @cached_property
    def source(self) -> Source:
        source = self._header["source"]
        return Source(sdk_version=source["sagemaker"], date=source["date"])

    @cached_property
    def accounts(self) -> frozenset[str]:
        """Those that AWS keeps its framework images in, of all regions."""
        return frozenset(account for registry in self._header["registries"] for account in registry)

    def names(self) -> tuple[str, ...]:
        return tuple(self._lines)

    def scopes(self, name: str) -> Mapping[str, ScopedImages]:
        """Raises KeyError when there is no such framework."""
        if name not in self._parsed:
            document = json.loads(self._lines[name])
            self._parsed[name] = {scope: self._scoped(part) for scope, part in document["scopes"].items()}
        return self._parsed[name]

    def _scoped(self, part: dict[str, Any]) -> ScopedImages:
        versions = {version: tuple(self._image(row) for row in rows) for version, rows in part["versions"].items()}
        return ScopedImages(aliases=part["aliases"], versions=versions)

    def _image(self, row: list[Any]) -> CataloguedImage:
        base, python, repository, registries, tags = row
        return CataloguedImage(
            base=base, python=python, repository=repository, registries=self._hosts(registries), tags=tags
        )

    def _hosts(self, index: int) -> dict[str, str]:
        """Hosts by region; one dictionary for all images that are kept in the same registries."""
        if index not in self._registries:
            suffixes = self._header["dnsSuffixes"]
            self._registries[index] = {
                region: f"{account}.dkr.ecr.{region}.{suffixes.get(region, 'amazonaws.com')}"
                for account, regions in self._header["registries"][index].items()
                for region in regions.split()
            }
        return self._registries[index]

    @cached_property
    def _header(self) -> dict[str, Any]:
        header: dict[str, Any] = json.loads(self._text[0])
        return header

    @cached_property
    def _lines(self) -> dict[str, str]:
        return {_name(line): line for line in self._text[1:]}

    @cached_property
    def _text(self) -> list[str]:
        return resources.files(__package__).joinpath("images.jsonl").read_text().splitlines()


def _name(line: str) -> str:
    """The name is the first member of its line, so that no line has to be parsed to find it."""
    return line.removeprefix('{"name":"').partition('"')[0]
