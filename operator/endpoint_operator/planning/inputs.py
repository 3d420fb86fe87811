"""Values that containers take from Secrets and ConfigMaps: which, when they are read, and what is said of them.

No value is ever here: a plan holds where a value comes from and an HMAC of it, and the row of a revision holds the same.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from endpoint_operator.api.conditions import Condition, ConditionStatus
from endpoint_operator.api.containers import ValueFrom
from endpoint_operator.api.spec import InferenceEndpointSpec
from endpoint_operator.api.status import ResolvedInput
from endpoint_operator.planning.desired_variants import desired_variants
from endpoint_operator.planning.faults import Blame, Fault

INPUTS_CHANGED = "InputsChanged"
SECRET, CONFIG_MAP = "Secret", "ConfigMap"
# SageMaker API reference, ContainerDefinition, Environment: "Maximum length of 1024".
LONGEST_VALUE = 1024


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
                    found.setdefault(_reference(variable.value_from, f"{container.field}.environment[{index}].valueFrom"))
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
    changed = {}
    for item in recorded:
        name = item.source.rpartition("/")[0]
        now = objects.get(name, ObjectVersion(uid=item.uid, resource_version=item.resource_version))
        if now is None or (now.uid, now.resource_version) != (item.uid, item.resource_version):
            changed[name] = None
    return tuple(changed)


def fault_in_inputs(
    spec: InferenceEndpointSpec, resolved: Sequence[ResolvedInput], seen: SeenInputs
) -> Fault | None:
    """Why the values of a revision are not known."""
    if seen.fault is not None:
        return seen.fault
    known = {item.source for item in resolved}
    unknown = next((reference for reference in references_of(spec) if reference.source not in known), None)
    if unknown is None:
        return None
    return Fault(
        blame=Blame.OPERATOR_SETUP,
        reason="InputsNotRead",
        message=f"{unknown.field}: the operator alone reads values and names the revision after them; "
        "apply the object and read its status, with paused: true where nothing is to be changed",
    )


def not_found(reference: Reference, *, namespace: str, object_is_there: bool) -> Fault:
    """The user's fault InputNotFound."""
    missing = f"no key {reference.key} in" if object_is_there else "no"
    remedy = "add the key or correct the reference" if object_is_there else "create it or correct the reference"
    message = f"{reference.field}: there is {missing} {reference.kind} {namespace}/{reference.name}; {remedy}"
    return Fault(blame=Blame.USER, reason="InputNotFound", message=message, about_inputs=True)


def not_allowed(reference: Reference, *, namespace: str) -> Fault:
    """The operator may not read the object."""
    resource = "secrets" if reference.kind == SECRET else "configmaps"
    message = (
        f"{reference.field}: the operator may not read {reference.kind} {namespace}/{reference.name}; "
        f"grant its ServiceAccount get on {resource} in namespace {namespace}"
    )
    return Fault(blame=Blame.OPERATOR_SETUP, reason="InputForbidden", message=message)


def fault_in_value(reference: Reference, value: str | None) -> Fault | None:
    """What SageMaker would refuse, said before: its own words would repeat the value. None stands for no text."""
    if value is not None and len(value) <= LONGEST_VALUE:
        return None
    wrong = "is not UTF-8 text" if value is None else f"has {len(value)} characters, SageMaker takes {LONGEST_VALUE}"
    message = (
        f"{reference.field}: the value of {reference.kind} {reference.name}, key {reference.key}, {wrong}; "
        "store it in AWS Secrets Manager and give the container its name"
    )
    return Fault(blame=Blame.USER, reason="InputNotUsable", message=message, about_inputs=True)


def changed_since_planned(sources: Sequence[str]) -> Fault:
    """The values are not those that the revision is named after; the next pass reads them anew."""
    message = f"{', '.join(sources)} changed while the revision was being made; it is made anew with the new value"
    return Fault(blame=Blame.WORLD, reason="InputChangedMeanwhile", message=message)


def environment_value(value_from: ValueFrom, digests: Mapping[str, str]) -> dict[str, Any]:
    """What stands in a plan where the value will be."""
    where = value_from.model_dump(by_alias=True, exclude_none=True, mode="json")
    digest = digests.get(source_of(value_from))
    return {"valueFrom": where} if digest is None else {"valueFrom": where, "digest": digest}


def inputs_in(request: Mapping[str, Any]) -> dict[str, str]:
    """Digest by source of the values that a CreateModel request leaves open."""
    return {_source(value): str(value.get("digest", "")) for _, _, value in _open_values(request)}


def with_values(request: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """The request with each value, by source, in its place."""
    filled = {**request}
    for member, definitions in _containers(request):
        copies = [{**each, **({"Environment": {**each["Environment"]}} if "Environment" in each else {})} for each in definitions]
        filled[member] = copies if member == "Containers" else copies[0]
    for environment, name, value in list(_open_values(filled)):
        environment[name] = values[_source(value)]
    return filled


def inputs_condition(
    recorded: Sequence[ResolvedInput],
    seen: SeenInputs,
    *,
    revision: str,
    generation: int,
    now: str,
) -> Condition:
    """InputsChanged: whether the objects behind a revision are as they were when it was made."""
    status, reason, message = ConditionStatus.FALSE, "InputsUnchanged", ""
    changed = changed_objects(recorded, seen.objects)
    if seen.warning is not None:
        unknown = seen.warning.blame is Blame.OPERATOR_SETUP
        status = ConditionStatus.UNKNOWN if unknown else ConditionStatus.TRUE
        reason, message = seen.warning.reason, seen.warning.message
    elif changed and seen.read is None:
        status, reason = ConditionStatus.TRUE, "InputsChanged"
        message = (
            f"{', '.join(changed)} changed since revision {revision} was made, which keeps its values; "
            "to take the new ones give spec.redeploy another word, or set rolloutOnInputChange: true"
        )
    return Condition(
        type=INPUTS_CHANGED,
        status=status,
        observed_generation=generation,
        last_transition_time=now,
        reason=reason,
        message=message,
    )


def _reference(value_from: ValueFrom, place: str) -> Reference:
    secret, config_map = value_from.secret_key_ref, value_from.config_map_key_ref
    if secret is not None:
        return Reference(kind=SECRET, name=secret.name, key=secret.key, field=f"{place}.secretKeyRef")
    assert config_map is not None  # noqa: S101 - a CEL rule: one of the two is given
    return Reference(kind=CONFIG_MAP, name=config_map.name, key=config_map.key, field=f"{place}.configMapKeyRef")


def _source(value: Mapping[str, Any]) -> str:
    return source_of(ValueFrom.model_validate(value["valueFrom"]))


def _containers(request: Mapping[str, Any]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    if "PrimaryContainer" in request:
        yield "PrimaryContainer", [request["PrimaryContainer"]]
    if "Containers" in request:
        yield "Containers", request["Containers"]


def _open_values(request: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], str, dict[str, Any]]]:
    """Environment, name, and what stands where the value will be."""
    for _, definitions in _containers(request):
        for definition in definitions:
            environment = definition.get("Environment", {})
            for name, value in environment.items():
                if isinstance(value, dict):
                    yield environment, name, value
