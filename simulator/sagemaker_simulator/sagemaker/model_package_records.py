"""What SageMaker remembers of model packages and their groups. Immutable: a change is a new record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

APPROVED = "Approved"


@dataclass(frozen=True, kw_only=True)
class ModelPackageGroup:
    """A group of versions: `definition` is what CreateModelPackageGroup asked for."""

    name: str
    arn: str
    created: datetime
    definition: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ModelPackage:
    """A model package: a version of a group, or one by itself (`version` None; it has no approval status then)."""

    name: str
    arn: str
    created: datetime
    definition: Mapping[str, Any]
    version: int | None = None
    approval: str | None = None
    modified: datetime | None = None

    @property
    def may_be_deployed(self) -> bool:
        """Whether it is approved (ModelApprovalStatus in the API reference: "you can deploy" approved versions)."""
        return self.version is None or self.approval == APPROVED

    @property
    def containers(self) -> list[Mapping[str, Any]]:
        return list(self.definition["InferenceSpecification"]["Containers"])
