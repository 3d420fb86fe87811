"""How a model's memory changes: what is begun, given up, found wrong, and what callers are told of."""

from dataclasses import replace

from endpoint_operator.api.model_status import PublishedFrom, Publishing
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.history import timestamp
from endpoint_operator.planning.models.case import ModelCase
from endpoint_operator.planning.models.plan import Look, ModelMemory, ModelPhase, ModelPlan, Situation

# api/model_status.py: status.obsolete.
MOST_OBSOLETE = 20


def given_up(memory: ModelMemory) -> ModelMemory:
    """What was being published is garbage now, unless it is what callers are told of."""
    publishing = memory.publishing
    if publishing is None:
        return memory
    return replace(memory, publishing=None, obsolete=_with(memory, publishing.artifact_s3_uri))


def begun(memory: ModelMemory, publishing: Publishing) -> ModelMemory:
    """Something else is being published: what was so until now is given up, and what is wanted again is no garbage."""
    before = memory.publishing
    if before is not None and before.artifact_s3_uri != publishing.artifact_s3_uri:
        memory = given_up(memory)
    kept = tuple(s3_uri for s3_uri in memory.obsolete if s3_uri != publishing.artifact_s3_uri)
    return replace(memory, publishing=publishing, obsolete=kept)


def is_full(memory: ModelMemory) -> bool:
    """Whether there is no room for what would be given up now and what would be once the next one is published."""
    return len(given_up(memory).obsolete) + 1 > MOST_OBSOLETE


def switched(
    case: ModelCase, publishing: Publishing, *, etag: str | None, size_bytes: int | None, answered: bool
) -> ModelMemory:
    """Callers are told of what was being published; what they were told of until now is garbage once it has drained.

    `etag` and `size_bytes` are None where only the step that publishes can tell.
    """
    memory = case.memory
    before, uri = memory.artifact_s3_uri, publishing.artifact_s3_uri
    moves = before is not None and before != uri
    obsolete = _with(replace(memory, artifact_s3_uri=uri), before) if before is not None else memory.obsolete
    return ModelMemory(
        target_model=publishing.target_model,
        artifact_s3_uri=uri,
        etag=etag,
        size_bytes=size_bytes,
        published=_published(case, publishing, answered=answered),
        publishing=None,
        obsolete=tuple(each for each in obsolete if each != uri),
        former_prefix=_former_prefix(case),
        switched_at=timestamp(case.facts.now) if moves else memory.switched_at,
    )


def refused(publishing: Publishing, fault: Fault, memory: ModelMemory, *, look: Look | None) -> ModelPlan:
    """The content itself is wrong: remembered, so that it is neither read nor packed again until something changes."""
    marked = publishing.model_copy(update={"refused": refusal(fault)})
    return ModelPlan(
        situation=Situation.USER_FAULT,
        reason=fault.reason,
        message=fault.message,
        phase=ModelPhase.STALLED,
        memory=replace(memory, publishing=marked),
        next_look=look,
    )


def refusal(fault: Fault) -> str:
    """As it stands in status.publishing.refused."""
    return f"{fault.reason}: {fault.message}"[:1024]


def fault_of(text: str) -> Fault:
    """What `refusal` wrote."""
    reason, _, message = text.partition(": ")
    return Fault(blame=Blame.USER, reason=reason, message=message)


def begins(case: ModelCase) -> Situation:
    """The situation while something is being published."""
    publishing, artifact = case.status.publishing, case.status.artifact_s3_uri
    if artifact is None:
        return Situation.CREATING
    again = publishing is not None and publishing.artifact_s3_uri == artifact
    return Situation.REMAKING if again else Situation.UPDATING


def is_move(case: ModelCase, publishing: Publishing) -> bool:
    """Whether it is what is published already, on its way to the endpoint's new prefix."""
    published = case.status.published
    from_artifact = publishing.source_s3_uri is not None and publishing.source_s3_uri == case.status.artifact_s3_uri
    return from_artifact and published is not None and published.content == publishing.content


def _with(memory: ModelMemory, s3_uri: str) -> tuple[str, ...]:
    if s3_uri == memory.artifact_s3_uri or s3_uri in memory.obsolete:
        return memory.obsolete
    return (*memory.obsolete, s3_uri)


def _published(case: ModelCase, publishing: Publishing, *, answered: bool) -> PublishedFrom:
    before = case.status.published
    if is_move(case, publishing) and before is not None:
        return before
    return PublishedFrom(
        s3_uri=publishing.source_s3_uri or "",
        etag=publishing.source_etag or "",
        content=publishing.content,
        generation=publishing.generation,
        reconcile_at=publishing.reconcile_at,
        answered=answered or None,
    )


def _former_prefix(case: ModelCase) -> str | None:
    """Of the first move, for moves may follow each other before the endpoint has rolled out once.

    What is published for the first time while the endpoint is rolling out may lie where nothing is served yet.
    """
    status = case.status
    if status.artifact_s3_uri is None or status.target_model is None:
        return "" if case.target.available and not case.target.settled else None
    if case.is_in_place or status.former_prefix is not None:
        return status.former_prefix
    return status.artifact_s3_uri.removesuffix(status.target_model)
