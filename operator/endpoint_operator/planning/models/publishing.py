"""From the intent to the object under its key: remembered first, then copied or packed."""

from endpoint_operator.api.model_spec import Layout
from endpoint_operator.api.model_status import Publishing
from endpoint_operator.planning.history import timestamp
from endpoint_operator.planning.models import switching, taken
from endpoint_operator.planning.models.case import ModelCase, is_packed
from endpoint_operator.planning.models.facts import PublishedSeen
from endpoint_operator.planning.models.looks import Needed
from endpoint_operator.planning.models.obsolete import make_room
from endpoint_operator.planning.models.ownership import metadata_of
from endpoint_operator.planning.models.packing import is_at_work, job_goes_first, packs
from endpoint_operator.planning.models.plan import ModelMemory, ModelPhase, ModelPlan
from endpoint_operator.planning.models.presence import object_at
from endpoint_operator.planning.models.remembering import begins, begun, is_move
from endpoint_operator.planning.models.steps import CheckArchive, CopyObject, ModelStep
from endpoint_operator.planning.plan import AT_ONCE, Situation

PUBLISHING = "Publishing"
PREFIX_CHANGED = "PrefixChanged"
PUBLISHED_OBJECT_GONE = "PublishedObjectGone"


def goes_on(case: ModelCase) -> ModelPlan | Needed | None:
    """What is being published for this very spec is published, whatever the source has become since."""
    publishing = case.status.publishing
    if publishing is None or publishing.source_etag is None or publishing.refused is not None:
        return None
    if is_move(case, publishing):
        return publishes(case, publishing) if case.lies_under_prefix(publishing) else None
    return publishes(case, publishing) if case.is_for_now(publishing) else None


def moves_with_the_prefix(case: ModelCase) -> ModelPlan | Needed | None:
    """The endpoint's prefix is another: what is published is copied there under the same target.

    The source is not looked at for it: new content comes with an edit or reconcile-at, not with the endpoint's.
    """
    status, published = case.status, case.status.published
    if status.target_model is None or published is None or status.etag is None or case.is_in_place:
        return None
    publishing = status.publishing
    if publishing is not None and case.lies_under_prefix(publishing) and publishing.source_etag is None:
        return None  # the copy found nothing to copy: the source is all that is left
    intent = Publishing(
        artifact_s3_uri=case.uri_of(status.target_model),
        target_model=status.target_model,
        content=published.content,
        since=timestamp(case.facts.now),
        source_s3_uri=status.artifact_s3_uri,
        source_etag=status.etag,
        source_size_bytes=status.size_bytes,
        generation=published.generation,
        reconcile_at=published.reconcile_at,
    )
    return intends(case, intent)


def intends(case: ModelCase, wanted: Publishing) -> ModelPlan | Needed:
    """Where it will be is remembered, and the finalizer set, before anything is written there."""
    first = make_room(case) or job_goes_first(case)
    if first is not None:
        return first
    memory = begun(case.memory, wanted)
    situation, reason = _situation_of(case, wanted)
    return ModelPlan(
        situation=situation,
        reason=reason,
        message=_sentence(case, wanted, reason),
        phase=ModelPhase.PACKING if is_packed(wanted) else ModelPhase.PUBLISHING,
        memory=memory,
        next_look=AT_ONCE,
    )


def publishes(case: ModelCase, wanted: Publishing) -> ModelPlan | Needed:
    """The key is remembered: what is there, and what is to be done about it."""
    memory = begun(case.memory, wanted)
    waits = is_at_work(case, wanted, memory)
    if waits is not None:
        return waits
    seen = object_at(case, wanted.artifact_s3_uri)
    if isinstance(seen, ModelPlan | Needed):
        return seen
    if isinstance(seen, PublishedSeen):
        return taken.by(case, wanted, seen, memory) or switching.switches(case, wanted, seen, memory)
    return packs(case, wanted, memory) if is_packed(wanted) else _copies(case, wanted, memory)


def _copies(case: ModelCase, wanted: Publishing, memory: ModelMemory) -> ModelPlan:
    situation, reason = _situation_of(case, wanted)
    plan = ModelPlan(
        situation=situation,
        reason=reason,
        message=_sentence(case, wanted, reason),
        phase=ModelPhase.PUBLISHING,
        steps=_copy_steps(case, wanted),
        memory=memory,
        next_look=AT_ONCE,
    )
    return switching.in_the_same_pass(case, wanted, plan)


def _copy_steps(case: ModelCase, wanted: Publishing) -> tuple[ModelStep, ...]:
    source, etag = wanted.source_s3_uri or "", wanted.source_etag or ""
    copy = CopyObject(
        source_s3_uri=source,
        source_etag=etag,
        size_bytes=wanted.source_size_bytes or 0,
        s3_uri=wanted.artifact_s3_uri,
        metadata=metadata_of(case.model, cluster_id=case.facts.cluster_id, content=wanted.content),
    )
    if case.model.spec.source.layout == Layout.TRITON and not is_move(case, wanted):
        return CheckArchive(s3_uri=source, etag=etag), copy
    return (copy,)


def _situation_of(case: ModelCase, wanted: Publishing) -> tuple[Situation, str]:
    if is_move(case, wanted):
        return Situation.UPDATING, PREFIX_CHANGED
    if wanted.artifact_s3_uri == case.status.artifact_s3_uri:
        return Situation.REMAKING, PUBLISHED_OBJECT_GONE
    return begins(case), PUBLISHING


def _sentence(case: ModelCase, wanted: Publishing, reason: str) -> str:
    if reason == PREFIX_CHANGED:
        return f"the endpoint's models now lie under {case.target.s3_prefix}; {wanted.target_model} is copied there"
    if reason == PUBLISHED_OBJECT_GONE:
        return f"{wanted.artifact_s3_uri} is gone from S3; it is published again from {wanted.source_s3_uri}"
    return f"publishing {wanted.source_s3_uri} as {wanted.target_model}"
