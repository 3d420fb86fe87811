"""Why a value of a Secret or ConfigMap cannot be had, in sentences that never hold the value."""

from collections.abc import Sequence

from endpoint_operator.api.spec import InferenceEndpointSpec
from endpoint_operator.api.status import ResolvedInput
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.inputs.values import MOST_INPUTS, SECRET, Reference, SeenInputs, references_of

# SageMaker API reference, ContainerDefinition, Environment: "Maximum length of 1024".
LONGEST_VALUE = 1024


def fault_in_inputs(spec: InferenceEndpointSpec, resolved: Sequence[ResolvedInput], seen: SeenInputs) -> Fault | None:
    """Why the values of a revision are not known."""
    if seen.fault is not None:
        return seen.fault
    references, known = references_of(spec), {item.source for item in resolved}
    if len(references) > MOST_INPUTS:
        message = f"a revision takes at most {MOST_INPUTS} values from Secrets and ConfigMaps, not {len(references)}"
        return Fault(blame=Blame.USER, reason="TooManyInputs", message=f"spec: {message}; put several in one file")
    unknown = next((reference for reference in references if reference.source not in known), None)
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


def changed_since_made(sources: Sequence[str]) -> Fault:
    """The revision that serves keeps its values, and they are gone."""
    message = (
        f"{', '.join(sources)} changed since the revision that serves was made, and a model of it that is gone "
        "cannot be made again; give spec.redeploy another word, which rolls out the new value"
    )
    return Fault(blame=Blame.USER, reason="InputsChanged", message=message, about_inputs=True)
