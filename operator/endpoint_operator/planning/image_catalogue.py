"""What is known of AWS's framework images, as data: the input of `planning.images`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

ANY_PROCESSOR = "any"


@dataclass(frozen=True, kw_only=True)
class CataloguedImage:
    """One image of a framework version, for one base framework and one Python."""

    base: str | None
    """The framework it is built on, as in pytorch1.13.1; None where it is built on none."""
    python: str | None
    """As in py310; None where AWS does not tell its images apart by Python."""
    repository: str
    registries: Mapping[str, str]
    """Host of the registry by region."""
    tags: Mapping[str, str | None]
    """Tag by processor (cpu, gpu, inf, inf2, neuronx, trn, any), or by instance family where one has its own; None
    where AWS has withdrawn that family. `{version}` and `{base}` stand for the version numbers as the user wrote them,
    where AWS keeps a tag for the short version too."""


@dataclass(frozen=True, kw_only=True)
class ScopedImages:
    """The images of a framework for one purpose (inference, inference_graviton, training)."""

    aliases: Mapping[str, str]
    """Short version to full version."""
    versions: Mapping[str, tuple[CataloguedImage, ...]]


class ImageCatalogue(Protocol):
    """All frameworks by their names in the SageMaker SDK."""

    def names(self) -> tuple[str, ...]: ...

    def scopes(self, name: str) -> Mapping[str, ScopedImages]:
        """The images of one of `names` by scope."""
        ...
