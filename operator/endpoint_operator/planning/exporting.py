"""The ConfigMap of `export`: what stands in it, when it is written or removed, and what is said of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from endpoint_operator.api.conditions import Condition, ConditionStatus, find, merged
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.names import hex_digest
from endpoint_operator.api.spec import Mode
from endpoint_operator.api.status import ExportStatus, InferenceEndpointStatus
from endpoint_operator.planning.desired_variants import desired_variants
from endpoint_operator.planning.exported_models import models_data
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.plan import AT_ONCE, Look

EXPORTED = "Exported"
_CONFLICT, _FORBIDDEN = "ExportConflict", "ExportForbidden"
# Nobody tells when the name becomes free, or the right is granted.
_MOST_OBSOLETE = 20
_LOOK_AGAIN = Look(back_off=True, at_most_seconds=600.0)


@dataclass(frozen=True, kw_only=True)
class ExportedFacts:
    """A ConfigMap to be written. `digest` tells whether it was written as it is to be now."""

    name: str
    data: Mapping[str, str]
    digest: str


@dataclass(frozen=True, kw_only=True)
class ExportChange:
    """What is to be done; one or both."""

    write: ExportedFacts | None = None
    remove: tuple[str, ...] = ()
    """Names of ConfigMaps that are no longer asked for; they go after what is written is there."""


@dataclass(frozen=True, kw_only=True)
class ExportOutcome:
    """`written` is what there is now; `fault` says why it is not what was asked for."""

    written: ExportStatus | None = None
    fault: Fault | None = None


def export_change(
    endpoint: InferenceEndpoint,
    status: InferenceEndpointStatus,
    *,
    region: str,
    target_models: Mapping[str, str] | None = None,
) -> ExportChange | ExportStatus | None:
    """None where nothing is to be done: at rest nothing is asked of the API server.

    `target_models` is TargetModel by model id, for mode MultiModel; None while it is not known.

    An ExportStatus is to be remembered before anything is done: a ConfigMap that no status names would stay for ever
    when the operator dies and its name is edited. A deletion does nothing: the ConfigMap's owner is the object, and it
    goes with it.
    """
    if endpoint.being_deleted:
        return None
    known, wanted = status.export, _wanted(endpoint, status, region=region, target_models=target_models)
    if endpoint.spec.export is None:
        return ExportChange(remove=_names(known)) if known is not None else None
    if wanted is None:
        return None
    if known is None or known.config_map_name != wanted.name:
        obsolete = [name for name in _names(known) if name != wanted.name][:_MOST_OBSOLETE]
        return ExportStatus(config_map_name=wanted.name, digest="", obsolete_names=obsolete)
    return ExportChange(write=wanted, remove=tuple(known.obsolete_names)) if known.digest != wanted.digest else None


def _names(known: ExportStatus | None) -> tuple[str, ...]:
    """The one that was asked for last first."""
    return (known.config_map_name, *known.obsolete_names) if known is not None else ()


def with_export(
    endpoint: InferenceEndpoint, status: InferenceEndpointStatus, outcome: ExportOutcome, *, now: str
) -> InferenceEndpointStatus:
    """The status with what came of the export; without the condition where no export is asked for."""
    others = [condition for condition in status.conditions if condition.type != EXPORTED]
    if endpoint.spec.export is None:
        return status.model_copy(update={"export": outcome.written, "conditions": others})
    conditions = merged(status.conditions, [*others, _condition(endpoint, outcome, now=now)])
    return status.model_copy(update={"export": outcome.written, "conditions": conditions})


def conflict(endpoint: InferenceEndpoint, name: str) -> Fault:
    message = (
        f"spec.export.configMapName: ConfigMap {endpoint.namespace}/{name} was not made for this endpoint and is left "
        "as it is; choose another name, or delete it"
    )
    return Fault(blame=Blame.USER, reason=_CONFLICT, message=message)


def forbidden(endpoint: InferenceEndpoint) -> Fault:
    message = (
        "spec.export: the operator may not write ConfigMaps here; grant its ServiceAccount get, create, patch and "
        f"delete on configmaps in namespace {endpoint.namespace}, or remove spec.export"
    )
    return Fault(blame=Blame.OPERATOR_SETUP, reason=_FORBIDDEN, message=message)


def look_for_export(
    endpoint: InferenceEndpoint, status: InferenceEndpointStatus, *, models_known: bool = True
) -> Look | None:
    """At once for what was remembered; later where another's ConfigMap, or a missing right, is in the way.

    While the models are not known whoever learns of them wakes the object.
    """
    if _is_trouble(find(status.conditions, EXPORTED)):
        return _LOOK_AGAIN
    remembered = status.export is not None and not status.export.digest and status.endpoint is not None
    return AT_ONCE if remembered and models_known and not endpoint.being_deleted else None


def trouble(before: InferenceEndpointStatus, after: InferenceEndpointStatus) -> Fault | None:
    """Why the export is not there, when that is news."""
    old, new = find(before.conditions, EXPORTED), find(after.conditions, EXPORTED)
    if new is None or not _is_trouble(new):
        return None
    if old is not None and (old.reason, old.message) == (new.reason, new.message):
        return None
    return Fault(blame=Blame.USER, reason=new.reason, message=new.message)


def _is_trouble(condition: Condition | None) -> bool:
    return condition is not None and condition.reason in (_CONFLICT, _FORBIDDEN)


def _wanted(
    endpoint: InferenceEndpoint,
    status: InferenceEndpointStatus,
    *,
    region: str,
    target_models: Mapping[str, str] | None,
) -> ExportedFacts | None:
    """None while no export is asked for, or nothing is known that could be exported."""
    export, known = endpoint.spec.export, status.endpoint
    multi_model = endpoint.spec.mode == Mode.MULTI_MODEL
    if export is None or known is None or (multi_model and target_models is None):
        return None
    variants = [variant.name for variant in status.variants] or [
        variant.name for variant in desired_variants(endpoint.spec) if not variant.is_shadow
    ]
    data = {"endpointName": known.name, "region": region, "variants": ",".join(variants)}
    if known.invocation_url is not None:
        data["invocationUrl"] = known.invocation_url
    if multi_model and target_models is not None:
        data |= models_data(target_models)
    # A new reconcile-at writes again what somebody changed by hand; a new uid makes the new object its owner.
    content = json.dumps([data, endpoint.uid, endpoint.reconcile_at], sort_keys=True)
    return ExportedFacts(name=export.config_map_name, data=data, digest=hex_digest(content, 16))


def _condition(endpoint: InferenceEndpoint, outcome: ExportOutcome, *, now: str) -> Condition:
    export, written = endpoint.spec.export, outcome.written
    asked = export.config_map_name if export is not None else None
    done = written is not None and written.config_map_name == asked and bool(written.digest)
    reason, message = ("Written", "") if done else ("EndpointNotMade", "written once the endpoint is made")
    if outcome.fault is not None:
        done, reason, message = False, outcome.fault.reason, outcome.fault.message
    return Condition(
        type=EXPORTED,
        status=ConditionStatus.TRUE if done else ConditionStatus.FALSE,
        observed_generation=endpoint.generation,
        last_transition_time=now,
        reason=reason,
        message=message,
    )
