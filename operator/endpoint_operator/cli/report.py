"""What `status` has to say of one object, before it is laid out for people or printed as JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pydantic.alias_generators import to_camel

from endpoint_operator.api.conditions import Condition, ConditionType, find, is_true
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.names import revision_of
from endpoint_operator.api.spec import Mode
from endpoint_operator.api.status import RevisionState
from endpoint_operator.kube.reader import SeenEvent
from endpoint_operator.planning.concurrency import Concurrency
from endpoint_operator.planning.desired import endpoint_name_of

UNSEEN = "NotLookedAtYet"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What matters most of the conditions: `state` is Ready, Stalled, Reconciling, Deleting or Unknown."""

    state: str
    reason: str
    message: str
    since: str | None


@dataclass(frozen=True, kw_only=True)
class Revision:
    name: str
    state: str
    created_at: str
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class Report:
    """`up`: whether the endpoint answers. Counts are instances; times are RFC 3339."""

    namespace: str
    name: str
    mode: str
    up: bool
    verdict: Verdict
    not_observed: str | None
    """Why the rest may be old: the operator has not looked at the last edit."""
    endpoint_name: str
    endpoint_status: str | None
    failure_reason: str | None
    serving_revision: str | None
    revision_under_way: str | None
    under_way_since: str | None
    current_instances: int | None
    """None for a serverless endpoint, which has none."""
    desired_instances: int | None
    spec_instances: int | None
    serverless: str | None
    """What a serverless endpoint may use; None for one on instances."""
    invocation_url: str | None
    revisions: tuple[Revision, ...]
    """Newest first."""
    created_at: str

    def as_json(self) -> dict[str, Any]:
        """Keys in Kubernetes's spelling."""
        document: dict[str, Any] = _camel(asdict(self))
        return document


def report_of(endpoint: InferenceEndpoint, *, created_at: str) -> Report:
    status, known = endpoint.status, endpoint.status.endpoint
    up = is_true(status.conditions, ConditionType.AVAILABLE)
    desired = [variant.desired_instance_count for variant in status.variants]
    rollout = status.rollout
    return Report(
        namespace=endpoint.namespace,
        name=endpoint.name,
        mode=endpoint.spec.mode.value,
        up=up,
        verdict=_verdict(endpoint),
        not_observed=_not_observed(endpoint),
        endpoint_name=known.name if known is not None else endpoint_name_of(endpoint),
        endpoint_status=known.status if known is not None else None,
        failure_reason=known.failure_reason if known is not None else None,
        serving_revision=_serving_revision(endpoint) if up else None,
        revision_under_way=rollout.to_revision if rollout is not None else None,
        under_way_since=rollout.since if rollout is not None else None,
        current_instances=None if endpoint.spec.mode == Mode.SERVERLESS else status.instance_count or 0,
        desired_instances=sum(count or 0 for count in desired) if any(count is not None for count in desired) else None,
        spec_instances=endpoint.spec.instance.count if endpoint.spec.instance is not None else None,
        serverless=_serverless(endpoint),
        invocation_url=known.invocation_url if known is not None else None,
        revisions=tuple(
            Revision(name=row.name, state=row.state.value, created_at=row.created_at, reason=row.reason)
            for row in reversed(status.revisions)
        ),
        created_at=created_at,
    )


def _serverless(endpoint: InferenceEndpoint) -> str | None:
    if endpoint.spec.mode != Mode.SERVERLESS:
        return None
    seen = [variant.current_serverless for variant in endpoint.status.variants if variant.current_serverless]
    if not seen:
        return "not seen yet"
    concurrency = Concurrency(maximum=seen[0].max_concurrency, provisioned=seen[0].provisioned_concurrency)
    return f"{seen[0].memory_mb} MB, {concurrency}"


def events_as_json(events: Sequence[SeenEvent]) -> list[dict[str, Any]]:
    return [_camel(asdict(event)) for event in events]


def _camel(value: Any) -> Any:
    if isinstance(value, dict):
        return {to_camel(key): _camel(member) for key, member in value.items()}
    return [_camel(member) for member in value] if isinstance(value, list | tuple) else value


def _verdict(endpoint: InferenceEndpoint) -> Verdict:
    conditions = endpoint.status.conditions
    ready = find(conditions, ConditionType.READY)
    if ready is None:
        message = "the operator has not looked at this object yet; see whether it runs and watches this namespace"
        return Verdict(state="Unknown", reason=UNSEEN, message=message, since=None)
    told: Condition = ready
    state = "Ready" if is_true(conditions, ConditionType.READY) else "Unknown"
    for kind in (ConditionType.RECONCILING, ConditionType.STALLED):
        condition = find(conditions, kind)
        if condition is not None and is_true(conditions, kind):
            told, state = condition, kind.value
    return Verdict(
        state="Deleting" if endpoint.being_deleted and state != "Stalled" else state,
        reason=told.reason,
        message=told.message,
        since=told.last_transition_time,
    )


def _not_observed(endpoint: InferenceEndpoint) -> str | None:
    observed = endpoint.status.observed_generation
    if observed is None or observed < 0 or observed == endpoint.generation:  # below 0: at nothing at all
        return None
    return (
        f"the operator has not looked at the last edit yet (generation {endpoint.generation}, its status is of "
        f"{observed}); what follows is as it was before"
    )


def _serving_revision(endpoint: InferenceEndpoint) -> str | None:
    """The revision of the live endpoint config; the row that was active where the config is not one of ours."""
    known = endpoint.status.endpoint
    if known is not None and known.config_name is not None:
        revision = revision_of(config_name=known.config_name, endpoint_name=known.name)
        if revision is not None and not _is_under_way(endpoint, revision):
            return revision
    return next((row.name for row in endpoint.status.revisions if row.state == RevisionState.ACTIVE), None)


def _is_under_way(endpoint: InferenceEndpoint, revision: str) -> bool:
    rollout = endpoint.status.rollout
    return rollout is not None and rollout.to_revision == revision
