"""What the source holds now, and what follows from it: the content that is wanted, and the key that it has."""

from dataclasses import replace

from endpoint_operator.api.model_status import Publishing
from endpoint_operator.planning.faults import Fault
from endpoint_operator.planning.history import timestamp
from endpoint_operator.planning.models.case import ModelCase
from endpoint_operator.planning.models.facts import SourceSeen, TemplateSeen
from endpoint_operator.planning.models.looks import LookAtSource, LookAtTemplate, ModelLook, Needed
from endpoint_operator.planning.models.obstacles import plan_for_fault
from endpoint_operator.planning.models.packing import job_goes_first
from endpoint_operator.planning.models.plan import ModelMemory, ModelPlan
from endpoint_operator.planning.models.presence import is_gone
from endpoint_operator.planning.models.publishing import intends, publishes
from endpoint_operator.planning.models.remembering import fault_of, given_up
from endpoint_operator.planning.models.rest import at_rest
from endpoint_operator.planning.models.taken import by_its_own_earlier_content
from endpoint_operator.planning.models.target_keys import content_of, target_of


def is_followed(case: ModelCase) -> ModelPlan | Needed | None:
    """Looked at for a new generation or reconcile-at, for content that is gone, and until what it held is published."""
    if not is_wanted(case):
        return None
    wanted = wanted_of(case)
    if not isinstance(wanted, Publishing):
        return wanted
    refused = _refused_before(case, wanted)
    if refused is not None:
        return plan_for_fault(refused)
    if _is_published(case, wanted):
        return job_goes_first(case) or at_rest(case, memory=looked_at(given_up(case.memory), wanted))
    return by_its_own_earlier_content(case, wanted) or _next(case, wanted)


def is_wanted(case: ModelCase) -> bool:
    """Whether the source is to be looked at."""
    return not case.was_looked_for or not case.is_in_place or is_gone(case)


def wanted_of(case: ModelCase) -> Publishing | ModelPlan | Needed:
    """What is to be published, as the source is now; or what is wrong with it; or that it was not looked at."""
    looks = _looks(case)
    if looks:
        return Needed(looks=looks)
    source, template = case.facts.source, case.facts.template
    for seen in (source, template):
        if isinstance(seen, Fault):
            return plan_for_fault(seen)
    assert isinstance(source, SourceSeen)  # noqa: S101 - it was looked at and that did not fail
    digest = template.digest if isinstance(template, TemplateSeen) else None
    content = content_of(case.model, source, template_digest=digest)
    target = target_of(case.model, content=content, cluster_id=case.facts.cluster_id)
    return Publishing(
        artifact_s3_uri=case.uri_of(target),
        target_model=target,
        content=content,
        since=timestamp(case.facts.now),
        source_s3_uri=case.model.spec.source.s3_uri,
        source_etag=source.etag,
        source_size_bytes=source.size_bytes,
        template_digest=digest,
        generation=case.model.generation,
        reconcile_at=case.model.reconcile_at or None,
    )


def _looks(case: ModelCase) -> tuple[ModelLook, ...]:
    wanted: list[ModelLook] = []
    source = case.model.spec.source
    if case.facts.source is None:
        wanted.append(LookAtSource(s3_uri=source.s3_uri))
    if source.config_template is not None and case.facts.template is None:
        reference = source.config_template.config_map_key_ref
        wanted.append(LookAtTemplate(config_map=reference.name, key=reference.key))
    return tuple(wanted)


def _refused_before(case: ModelCase, wanted: Publishing) -> Fault | None:
    """What was found wrong with this very content, while nobody asked again."""
    publishing = case.status.publishing
    if publishing is None or publishing.refused is None or not case.is_for_now(publishing):
        return None
    same = (publishing.artifact_s3_uri, publishing.content) == (wanted.artifact_s3_uri, wanted.content)
    return fault_of(publishing.refused) if same else None


def _is_published(case: ModelCase, wanted: Publishing) -> bool:
    status = case.status
    same = status.published is not None and status.published.content == wanted.content
    return same and status.artifact_s3_uri == wanted.artifact_s3_uri and not is_gone(case)


def looked_at(memory: ModelMemory, wanted: Publishing) -> ModelMemory:
    """The content is what is published already; only what it was looked at for is news."""
    if memory.published is None:
        return memory
    news = {
        "s3_uri": wanted.source_s3_uri,
        "etag": wanted.source_etag,
        "generation": wanted.generation,
        "reconcile_at": wanted.reconcile_at,
    }
    return replace(memory, published=memory.published.model_copy(update=news))


def _next(case: ModelCase, wanted: Publishing) -> ModelPlan | Needed:
    before = case.status.publishing
    if before is None or before.artifact_s3_uri != wanted.artifact_s3_uri:
        return intends(case, wanted)
    if before.content != wanted.content or before.refused is not None:
        job = job_goes_first(case)
        if job is not None:
            return job
    return publishes(case, wanted.model_copy(update={"since": before.since}))
