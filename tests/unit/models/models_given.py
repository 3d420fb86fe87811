"""Models, endpoints and facts in few words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from endpoint_operator.api.conditions import ConditionType, find, is_true
from endpoint_operator.api.identity import API_VERSION, FINALIZER, RECONCILE_AT
from endpoint_operator.api.model import InferenceModel
from endpoint_operator.api.model_status import InferenceModelStatus
from endpoint_operator.planning.models.facts import ModelFacts, SourceSeen, Target
from endpoint_operator.planning.place import Place

NOW = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
CLUSTER = "cluster-1"
PREFIX = "s3://models/mme/"
SOURCE = "s3://training/t1/model.tar.gz"
DIRECTORY = "s3://training/t1/model/"
DRAIN_SECONDS = 300.0


def a_spec(**members: Any) -> dict[str, Any]:
    return {"endpointRef": {"name": "ctr"}, "modelId": "tenant-1", "source": {"s3Uri": SOURCE}, **members}


def a_model(
    *,
    spec: dict[str, Any] | None = None,
    status: dict[str, Any] | None = None,
    generation: int = 1,
    name: str = "m1",
    uid: str = "uid-1",
    finalizer: bool = True,
    deleted: bool = False,
    retry: str = "",
    created: str = "2026-11-22T09:00:00Z",
) -> InferenceModel:
    metadata: dict[str, Any] = {"namespace": "ml", "name": name, "uid": uid, "generation": generation}
    metadata |= {"resourceVersion": "7", "creationTimestamp": created}
    metadata |= {"finalizers": [FINALIZER]} if finalizer else {}
    metadata |= {"deletionTimestamp": "2026-11-22T10:00:00Z"} if deleted else {}
    metadata |= {"annotations": {RECONCILE_AT: retry}} if retry else {}
    body = {"apiVersion": API_VERSION, "kind": "InferenceModel", "metadata": metadata, "spec": spec or a_spec()}
    return InferenceModel.parse({**body, "status": status or {}})


def a_target(**members: Any) -> Target:
    target = Target(
        endpoint_name="ml-ctr",
        multi_model=True,
        s3_prefix=PREFIX,
        place=Place(region="us-east-1"),
        available=True,
        settled=True,
        serving_since="rev-1",
        instance_count=2,
        being_deleted=False,
    )
    return replace(target, **members)


def archive(etag: str = "A", size: int = 100) -> SourceSeen:
    return SourceSeen(etag=etag, size_bytes=size, is_directory=False)


def facts(*, target: Target | str | None = "there", seconds: float = 0.0, **members: Any) -> ModelFacts:
    found = a_target() if isinstance(target, str) else target
    return ModelFacts(
        now=NOW + timedelta(seconds=seconds),
        cluster_id=CLUSTER,
        target=found,
        drain_seconds=DRAIN_SECONDS,
        **members,
    )


def as_stored(status: InferenceModelStatus) -> dict[str, Any]:
    """What an API server would hand back."""
    return status.model_dump(by_alias=True, exclude_none=True, mode="json")


def said(status: InferenceModelStatus) -> tuple[bool, bool, bool, str]:
    """Ready, Reconciling, Stalled, and the reason of the one that is about it."""
    conditions = status.conditions
    ready, reconciling, stalled = (
        is_true(conditions, kind) for kind in (ConditionType.READY, ConditionType.RECONCILING, ConditionType.STALLED)
    )
    about = find(conditions, ConditionType.READY)
    return ready, reconciling, stalled, about.reason if about is not None else ""
