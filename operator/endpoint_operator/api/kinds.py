"""The kinds that the operator works on, so that watching, keeping, queueing and writing are written once for all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.model import InferenceModel


class ClusterObject(Protocol):
    """What every kind has, and all that the loop reads of an object."""

    @property
    def namespace(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def uid(self) -> str: ...
    @property
    def generation(self) -> int: ...
    @property
    def resource_version(self) -> str: ...
    @property
    def finalizers(self) -> tuple[str, ...]: ...
    @property
    def deletion_timestamp(self) -> str | None: ...
    @property
    def object_name(self) -> str: ...
    @property
    def reconcile_at(self) -> str: ...
    @property
    def has_finalizer(self) -> bool: ...


T = TypeVar("T", bound=ClusterObject)


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[T]):
    """One kind, whose objects are read as T."""

    kind: str
    plural: str
    """As it stands in the API's paths."""
    parse: Callable[[Mapping[str, Any]], T]
    """The object out of the API server's JSON."""
    pack: Callable[[T], "T | bytes"] = lambda item: item
    """The object as it is kept between passes: itself, or bytes where there are too many to keep them as they are."""
    unpack: "Callable[[bytes], T] | None" = None
    """The object out of what `pack` made; None where `pack` makes no bytes."""


ENDPOINTS: Kind[InferenceEndpoint] = Kind(
    kind="InferenceEndpoint", plural="inferenceendpoints", parse=InferenceEndpoint.parse
)
MODELS: Kind[InferenceModel] = Kind(
    kind="InferenceModel",
    plural="inferencemodels",
    parse=InferenceModel.parse,
    pack=InferenceModel.pack,
    unpack=InferenceModel.unpack,
)
