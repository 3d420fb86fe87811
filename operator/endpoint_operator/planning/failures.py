"""What a failed revision means: read out of SageMaker's FailureReason, remembered, and when it may be tried again."""

import re
from collections.abc import Sequence

from endpoint_operator.api.status import RevisionFailure, RevisionState, RevisionStatus
from endpoint_operator.planning.case import Case
from endpoint_operator.planning.desired_variants import DesiredContainer, DesiredVariant
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.plan import Plan

# The container's own fault: its log says more than SageMaker does.
CONTAINER_UNHEALTHY = "ContainerUnhealthy"

_PASSING = (
    ("insufficientinstancecapacity", "CapacityUnavailable"),
    ("insufficient capacity", "CapacityUnavailable"),
    ("request to service failed", "ServiceFailure"),
    ("internal server error", "ServiceFailure"),
    ("try again", "ServiceFailure"),
)

# Where each failure is to be mended; `{}` is the container's path. The texts are SageMaker's FailureReasons, matched by
# short stable fragments.
_USERS = (
    (r"failed to (download|extract) model data", "ModelDataUnavailable", "{}.modelData.s3Uri", True),
    (r"images? included in the model|ecr image", "ImageUnavailable", "{}.image", True),
    (r"ping health check", CONTAINER_UNHEALTHY, "{}", False),
    (r"could not assume role|execution role", "ExecutionRoleUnusable", "spec.executionRoleArn", True),
    (r"maximum ?execution ?time", "RolloutTimedOut", "spec.rollout.maxExecutionSeconds", False),
    (r"alarm", "AlarmRolledBack", "spec.rollout.alarms", False),
)


_VARIANT = re.compile(r"production variant (?P<name>[a-z0-9](-*[a-z0-9])*)", re.IGNORECASE)
# Whatever its hostname, a container is 'container "container_2"' where its model is fetched, and 'The container-2 for
# production variant', or its hostname in place of container-2, where it is asked for its health.
_CONTAINER = re.compile(r'container "?container_(?P<number>\d+)', re.IGNORECASE)
_SPOKEN = re.compile(
    r"\bthe (?P<name>[a-z0-9](-*[a-z0-9])*)(?P<only> container)? for production variant", re.IGNORECASE
)


def read_failure_reason(reason: str | None, variants: Sequence[DesiredVariant] = ()) -> Fault:
    """Whose fault a FailureReason is; the sentence keeps SageMaker's own words.

    `variants` are those of the revision that failed: the path of the container that the words are about comes first.
    """
    text = reason or "SageMaker gave no FailureReason"
    lowered = text.lower()
    for fragment, name in _PASSING:
        if fragment in lowered:
            return Fault(blame=Blame.WORLD, reason=name, message=text)
    for pattern, name, field, about_inputs in _USERS:
        if re.search(pattern, lowered):
            place = " or ".join(field.replace("{}", path) for path in _paths_in(text, variants, field))
            return Fault(blame=Blame.USER, reason=name, message=f"{place}: {text}", about_inputs=about_inputs)
    return Fault(blame=Blame.USER, reason="RevisionFailed", message=f"{text} Correct the spec.")


def variant_in(text: str, variants: Sequence[DesiredVariant]) -> DesiredVariant | None:
    """The variant that a FailureReason names, or the only one."""
    named = _VARIANT.search(text)
    lowered = named["name"].lower() if named is not None else ""
    found = next((variant for variant in variants if variant.name.lower() == lowered), None)
    return variants[0] if found is None and len(variants) == 1 else found


def _paths_in(text: str, variants: Sequence[DesiredVariant], field: str) -> list[str]:
    """The path of the container; those of all variants where SageMaker does not say which."""
    if "{}" not in field or not variants:
        return ["spec.containers[0]"]
    variant = variant_in(text, variants)
    found = [] if variant is None else [variant]
    return [container.field for each in found or variants for container in containers_in(text, each)]


def containers_in(text: str, variant: DesiredVariant) -> Sequence[DesiredContainer]:
    """The containers of a variant that a FailureReason is about: one that it names, else one whose image it names,
    else all."""
    named = [each for each in variant.containers if _is_named(each, variant, text)]
    by_image = [each for each in variant.containers if each.image is not None and each.image in text]
    return named or by_image or variant.containers


def name_of(container: DesiredContainer, variant: DesiredVariant) -> str | None:
    """How SageMaker calls one container of several: by its hostname, else by its position (SageMaker Developer Guide,
    "Inference Pipeline Logs and Metrics"). None for the only one."""
    if len(variant.containers) == 1:
        return None
    return container.spec.name or f"container-{variant.containers.index(container) + 1}"


def _is_named(container: DesiredContainer, variant: DesiredVariant, text: str) -> bool:
    spoken, numbered = _SPOKEN.search(text), _CONTAINER.search(text)
    position = variant.containers.index(container) + 1
    if numbered is not None:
        return int(numbered["number"]) == position
    if spoken is None:
        return False
    if spoken["only"] is not None:  # 'The primary container'
        return position == 1
    return spoken["name"].lower() == (name_of(container, variant) or "").lower()


def failed(row: RevisionStatus, fault: Fault, case: Case, *, rolled_back: bool = False) -> RevisionStatus:
    """The row with its failure remembered."""
    looks = case.facts.looks
    failure = RevisionFailure(
        generation=case.endpoint.generation,
        reconcile_at=case.endpoint.reconcile_at,
        look=looks.trace if fault.about_inputs and looks is not None else None,
    )
    state = RevisionState.ROLLED_BACK if rolled_back else RevisionState.FAILED
    return row.model_copy(
        update={"state": state, "reason": f"{fault.reason}: {fault.message}"[:1024], "failure": failure}
    )


def is_news_of_a_container(plan: Plan) -> bool:
    """Whether the plan remembers that a container failed; one that is remembered already is only told again."""
    return plan.reason == CONTAINER_UNHEALTHY and plan.memory is not None


def failure_that_holds(case: Case) -> Fault | None:
    """The remembered failure of the wanted revision, while nothing that caused it has changed (behaviour 11)."""
    row = case.row
    if row is None or row.failure is None:
        return None
    failure = row.failure
    if failure.generation != case.endpoint.generation or failure.reconcile_at != case.endpoint.reconcile_at:
        return None
    looks = case.facts.looks
    if failure.look is not None and looks is not None and looks.trace != failure.look:
        return None
    reason, _, message = (row.reason or "RevisionFailed: it failed before").partition(": ")
    return Fault(blame=Blame.USER, reason=reason, message=message, about_inputs=failure.look is not None)
