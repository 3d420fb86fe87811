"""Who belongs to whom: every InferenceModel under its endpoint, in memory, and who is woken when one of them changes.

Ten thousand models may name one endpoint, so that nothing here walks over all of them for a single one: counts are kept
as they change. Models and endpoints are told as the stores remember them; nothing here asks anybody.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from endpoint_operator.api.conditions import ConditionType, is_true
from endpoint_operator.api.model import InferenceModel
from endpoint_operator.engine.keys import ObjectKey
from endpoint_operator.planning.model_counts import ModelCounts
from endpoint_operator.planning.models.facts import Target
from endpoint_operator.planning.models.warm_condition import WARM

Wake = Callable[[ObjectKey], None]


class ModelRow(NamedTuple):
    """What of a model others read."""

    uid: str
    created: str
    model_id: str
    leaving: bool
    """Whether it is being deleted."""
    target_model: str | None
    artifact_s3_uri: str | None
    size_bytes: int
    warm: bool
    waits: bool
    """Whether it is not yet, or no longer, as it should be: whether its endpoint is settled may matter to it."""

    @property
    def age(self) -> tuple[str, bool, str]:
        """Sorts the older of two first: creationTimestamp, which is in whole seconds; of one second, what is published
        comes before what is not, also after a restart; then the uid decides."""
        return self.created, self.artifact_s3_uri is None, self.uid


@dataclass(slots=True)
class _Group:
    """An endpoint's name with the models that name it; `target` is None while there is no such endpoint."""

    target: Target | None = None
    rows: dict[ObjectKey, ModelRow] = field(default_factory=dict)
    by_id: dict[str, tuple[ObjectKey, ...]] = field(default_factory=dict)
    """Oldest first."""
    declared: int = 0
    published: int = 0
    warm: int = 0
    published_bytes: int = 0

    def is_published(self, row: ModelRow) -> bool:
        prefix = self.target.s3_prefix if self.target is not None else ""
        there = row.artifact_s3_uri is not None and row.artifact_s3_uri.startswith(prefix)
        return bool(prefix) and there and not row.leaving

    def count(self, row: ModelRow, by: int) -> None:
        """Add the model to the counts (`by` 1), or take it out of them (-1)."""
        self.declared += 0 if row.leaving else by
        self.warm += by if row.warm and not row.leaving else 0
        if self.is_published(row):
            self.published += by
            self.published_bytes += by * row.size_bytes

    def retarget(self, target: Target | None) -> None:
        """Another endpoint under the name: what is published is under another prefix, or nowhere."""
        self.target = target
        self.declared = self.published = self.warm = self.published_bytes = 0
        for row in self.rows.values():
            self.count(row, 1)


class ModelDirectory:
    """`wake` is called with models' keys; `moved` with the key of an endpoint whose models are others than before."""

    def __init__(self, *, wake: Wake, moved: Wake) -> None:
        self._wake = wake
        self._moved = moved
        self._groups: dict[ObjectKey, _Group] = {}
        self._endpoint_of: dict[ObjectKey, ObjectKey] = {}

    def put_model(self, key: ObjectKey, model: InferenceModel) -> None:
        """The model as it is now."""
        endpoint = ObjectKey(model.namespace, model.spec.endpoint_ref.name)
        row = _row(model)
        before = self._row(key)
        if before == row and self._endpoint_of[key] == endpoint:
            return
        if before is not None and (before.uid != row.uid or self._endpoint_of[key] != endpoint):
            self.remove_model(key)
            before = None
        group = self._groups.setdefault(endpoint, _Group())
        self._endpoint_of[key] = endpoint
        if before is not None:
            group.count(before, -1)
        group.rows[key] = row
        group.count(row, 1)
        if before is None:
            self._claim_id(group, key, row)
        self._moved(endpoint)

    def remove_model(self, key: ObjectKey) -> None:
        """The model is gone; others with its id may take its place."""
        endpoint = self._endpoint_of.pop(key, None)
        if endpoint is None:
            return
        group = self._groups[endpoint]
        row = group.rows.pop(key)
        group.count(row, -1)
        others = tuple(other for other in group.by_id.pop(row.model_id) if other != key)
        if others:
            group.by_id[row.model_id] = others
        for other in others:
            self._wake(other)
        self._drop_if_empty(endpoint)
        self._moved(endpoint)

    def put_endpoint(self, key: ObjectKey, target: Target) -> None:
        """The endpoint as it is now."""
        group = self._groups.setdefault(key, _Group())
        before = group.target
        if before == target:
            return
        if before is None or _decides_all(before) != _decides_all(target):
            self._retarget(key, group, target)
            return
        group.target = target
        for model, row in group.rows.items():
            if row.waits:
                self._wake(model)

    def remove_endpoint(self, key: ObjectKey) -> None:
        """The endpoint is gone; its models wait for another of that name."""
        group = self._groups.get(key)
        if group is not None and group.target is not None:
            self._retarget(key, group, None)
            self._drop_if_empty(key)

    def target_of(self, model: InferenceModel) -> Target | None:
        """The endpoint that the model names; None where there is no such object."""
        group = self._groups.get(ObjectKey(model.namespace, model.spec.endpoint_ref.name))
        return group.target if group is not None else None

    def id_taken_by(self, model: InferenceModel) -> str | None:
        """namespace/name of the oldest object with the same modelId on the same endpoint, where it is not this one."""
        key = ObjectKey(model.namespace, model.name)
        group = self._groups.get(ObjectKey(model.namespace, model.spec.endpoint_ref.name))
        holders = group.by_id.get(model.model_id, ()) if group is not None else ()
        return str(holders[0]) if holders and holders[0] != key else None

    def counts(self, endpoint: ObjectKey) -> ModelCounts:
        """As of now."""
        group = self._groups.get(endpoint)
        if group is None:
            return ModelCounts()
        return ModelCounts(
            declared=group.declared,
            published=group.published,
            warm=group.warm,
            published_bytes=group.published_bytes,
        )

    def target_models(self, endpoint: ObjectKey) -> Mapping[str, str]:
        """TargetModel by model id of what is published, as of now. Walks over all models of the endpoint."""
        group = self._groups.get(endpoint)
        rows = group.rows.values() if group is not None else ()
        return {
            row.model_id: row.target_model
            for row in rows
            if group is not None and row.target_model is not None and group.is_published(row)
        }

    def endpoints(self) -> Iterator[tuple[ObjectKey, Target]]:
        """The multi-model endpoints that there are."""
        for key, group in list(self._groups.items()):
            if group.target is not None and group.target.multi_model:
                yield key, group.target

    def published_by(self, endpoint: ObjectKey) -> dict[ObjectKey, str]:
        """The S3 URIs of what is published, by model. Walks over all models of the endpoint."""
        group = self._groups.get(endpoint)
        rows = group.rows.items() if group is not None else ()
        return {
            key: row.artifact_s3_uri
            for key, row in rows
            if group is not None and row.artifact_s3_uri is not None and group.is_published(row)
        }

    def _row(self, key: ObjectKey) -> ModelRow | None:
        endpoint = self._endpoint_of.get(key)
        return self._groups[endpoint].rows[key] if endpoint is not None else None

    def _claim_id(self, group: _Group, key: ObjectKey, row: ModelRow) -> None:
        others = group.by_id.get(row.model_id, ())
        group.by_id[row.model_id] = tuple(sorted((*others, key), key=lambda each: group.rows[each].age))
        for other in others:
            self._wake(other)

    def _retarget(self, key: ObjectKey, group: _Group, target: Target | None) -> None:
        group.retarget(target)
        for model in group.rows:
            self._wake(model)
        if group.rows:
            self._moved(key)

    def _drop_if_empty(self, endpoint: ObjectKey) -> None:
        group = self._groups[endpoint]
        if not group.rows and group.target is None:
            del self._groups[endpoint]


def _row(model: InferenceModel) -> ModelRow:
    status = model.status
    ready = is_true(status.conditions, ConditionType.READY)
    return ModelRow(
        uid=model.uid,
        created=model.creation_timestamp,
        model_id=model.model_id,
        leaving=model.being_deleted,
        target_model=status.target_model,
        artifact_s3_uri=status.artifact_s3_uri,
        size_bytes=status.size_bytes or 0,
        warm=is_true(status.conditions, WARM),
        waits=not ready or not (status.publishing is None and status.former_prefix is None and not status.obsolete),
    )


def _decides_all(target: Target) -> tuple[object, ...]:
    """What of an endpoint every one of its models depends on, also one that is as it should be."""
    return (
        target.endpoint_name,
        target.multi_model,
        target.s3_prefix,
        target.place,
        target.being_deleted,
        target.understood,
    )
