"""Values that containers take from Secrets and ConfigMaps: which they are, and when they are read.

No value is ever here: plans and revisions hold where a value comes from, and an HMAC of it.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from endpoint_operator.api.containers import ValueFrom
from endpoint_operator.api.spec import InferenceEndpointSpec
from endpoint_operator.api.status import ResolvedInput
from endpoint_operator.planning.desired_variants import desired_variants
from endpoint_operator.planning.faults import Fault

SECRET, CONFIG_MAP = "Secret", "ConfigMap"
# What a revision takes is recorded in status, which has bounds.
MOST_INPUTS = 100


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One value that the spec takes from elsewhere; `field` is the first place in the manifest that asks for it."""

    kind: str
    name: str
    key: str
    field: str = field(compare=False)

    @property
    def object(self) -> str:
        """Secret/name."""
        return f"{self.kind}/{self.name}"

    @property
    def source(self) -> str:
        """Secret/name/key: none of the three holds a slash."""
        return f"{self.object}/{self.key}"


@dataclass(frozen=True, kw_only=True)
class ObjectVersion:
    """What metadata says of a Secret or ConfigMap."""

    uid: str
    resource_version: str


@dataclass(frozen=True, kw_only=True)
class SeenInputs:
    """What a pass knows of the objects that its spec refers to."""

    objects: Mapping[str, ObjectVersion | None] = field(default_factory=dict)
    """By Secret/name: None where there is none, absent where nobody could look."""
    read: tuple[ResolvedInput, ...] | None = None
    """The values, where this pass had to read them; None where those of the revision hold."""
    fault: Fault | None = None
    """Why a value that is needed now cannot be had."""
    warning: Fault | None = None
    """Why a value could not be had that another revision would need."""


NOTHING_SEEN = SeenInputs()


def references_of(spec: InferenceEndpointSpec) -> tuple[Reference, ...]:
    """Every value that the spec takes from elsewhere, each once."""
    found: dict[Reference, None] = {}
    for variant in desired_variants(spec):
        for container in variant.containers:
            for index, variable in enumerate(container.spec.environment or ()):
                if variable.value_from is not None:
                    found.setdefault(
                        _reference(variable.value_from, f"{container.field}.environment[{index}].valueFrom")
                    )
    return tuple(found)


def source_of(value_from: ValueFrom) -> str:
    return _reference(value_from, "").source


def digest_of(value: str, *, key: bytes, namespace: str, source: str) -> str:
    """HMAC-SHA-256 of a value, for revision names and status; 32 hex digits.

    Where the value comes from is part of it: equal digests would else tell that two Secrets hold the same password.
    """
    message = f"{namespace}/{source}\n{value}".encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:32]


def wants_values(spec: InferenceEndpointSpec, recorded: Sequence[ResolvedInput] | None, seen: SeenInputs) -> bool:
    """Whether values are to be read: for a revision that was never made, or where a change is to roll out."""
    if recorded is None:
        return True
    return spec.rollout_on_input_change and bool(changed_objects(recorded, seen.objects))


def changed_objects(recorded: Sequence[ResolvedInput], objects: Mapping[str, ObjectVersion | None]) -> tuple[str, ...]:
    """The objects that are not as they were when the revision was made, as Secret/name."""
    changed: dict[str, None] = {}
    for item in recorded:
        name = item.source.rpartition("/")[0]
        now = objects.get(name, ObjectVersion(uid=item.uid, resource_version=item.resource_version))
        if now is None or (now.uid, now.resource_version) != (item.uid, item.resource_version):
            changed[name] = None
    return tuple(changed)


def _reference(value_from: ValueFrom, place: str) -> Reference:
    secret, config_map = value_from.secret_key_ref, value_from.config_map_key_ref
    if secret is not None:
        return Reference(kind=SECRET, name=secret.name, key=secret.key, field=f"{place}.secretKeyRef")
    assert config_map is not None  # noqa: S101 - a CEL rule: one of the two is given
    return Reference(kind=CONFIG_MAP, name=config_map.name, key=config_map.key, field=f"{place}.configMapKeyRef")
