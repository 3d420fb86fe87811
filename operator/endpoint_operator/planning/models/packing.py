"""The Job that packs a directory: when it runs, what its end means, and when it must go."""

from dataclasses import replace

from endpoint_operator.api.model_status import Publishing
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.models.case import ModelCase, is_packed
from endpoint_operator.planning.models.facts import PackingSeen, PackingState
from endpoint_operator.planning.models.looks import LookForPacker, Needed
from endpoint_operator.planning.models.obstacles import plan_for_fault
from endpoint_operator.planning.models.outcome import SOURCE_CHANGED
from endpoint_operator.planning.models.ownership import metadata_of
from endpoint_operator.planning.models.packer_exits import PackerExit
from endpoint_operator.planning.models.plan import (
    BACK_OFF,
    SLOW_BACK_OFF,
    Look,
    ModelMemory,
    ModelPhase,
    ModelPlan,
    Situation,
)
from endpoint_operator.planning.models.remembering import begins, refused
from endpoint_operator.planning.models.steps import DeletePacker, RunPacker

PACKING = "Packing"
PACKING_FAILED = "PackingFailed"

# A Job's end wakes nothing by itself where nobody watches Jobs.
_WHILE_PACKING = Look(seconds=15.0)
_WHILE_STOPPING = Look(seconds=5.0)


def job_of(case: ModelCase, publishing: Publishing) -> PackingSeen | Needed | ModelPlan:
    """The Job that makes it, or why it is not known."""
    seen = case.facts.packing
    if seen is None:
        return Needed(looks=(LookForPacker(s3_uri=publishing.artifact_s3_uri),))
    if isinstance(seen, Fault):
        return plan_for_fault(seen)
    return seen


def job_goes_first(case: ModelCase) -> ModelPlan | Needed | None:
    """Nothing may write any more what is given up or tried again: else it would write it after it was removed."""
    publishing = case.status.publishing
    if publishing is None or not is_packed(publishing):
        return None
    job = job_of(case, publishing)
    if not isinstance(job, PackingSeen):
        return job
    if job.state == PackingState.ABSENT:
        return None
    step = DeletePacker(s3_uri=publishing.artifact_s3_uri)
    return ModelPlan(
        situation=begins(case),
        reason="PackingStops",
        message="the Job that packed other content is being removed",
        phase=ModelPhase.PACKING,
        steps=() if job.state == PackingState.STOPPING else (step,),
        next_look=_WHILE_STOPPING,
    )


def is_at_work(case: ModelCase, publishing: Publishing, memory: ModelMemory) -> ModelPlan | Needed | None:
    """While the Job runs S3 is not asked."""
    if not is_packed(publishing):
        return None
    job = job_of(case, publishing)
    if not isinstance(job, PackingSeen):
        return job
    if job.state == PackingState.STOPPING:
        return _waits(case, memory, f"an earlier Job for {publishing.source_s3_uri} is being removed", _WHILE_STOPPING)
    if job.state == PackingState.RUNNING:
        told = f": {job.message}" if job.message else ""
        return _waits(case, memory, f"a Job packs {publishing.source_s3_uri}{told}", _WHILE_PACKING)
    return None


def packs(case: ModelCase, publishing: Publishing, memory: ModelMemory) -> ModelPlan | Needed:
    """The object is not there, and no Job is at work on it."""
    job = job_of(case, publishing)
    if not isinstance(job, PackingSeen):
        return job
    if job.state == PackingState.FAILED:
        return _failed(publishing, memory, job)
    if job.state == PackingState.SUCCEEDED:
        message = f"{publishing.artifact_s3_uri} was packed and is not there; it is packed again"
        return _again(publishing, Fault(blame=Blame.WORLD, reason=PACKING_FAILED, message=message), memory)
    return ModelPlan(
        situation=begins(case),
        reason=PACKING,
        message=f"a Job packs {publishing.source_s3_uri}",
        phase=ModelPhase.PACKING,
        steps=(run_packer(case, publishing),),
        memory=memory,
        next_look=_WHILE_PACKING,
    )


def run_packer(case: ModelCase, publishing: Publishing) -> RunPacker:
    source = case.model.spec.source
    template = source.config_template.config_map_key_ref if source.config_template is not None else None
    return RunPacker(
        source_s3_uri=publishing.source_s3_uri or "",
        source_digest=publishing.source_etag or "",
        s3_uri=publishing.artifact_s3_uri,
        layout=source.layout.value,
        metadata=metadata_of(case.model, cluster_id=case.facts.cluster_id, content=publishing.content),
        config_template=(template.name, template.key) if template is not None else None,
        config_template_digest=publishing.template_digest or "",
        service_account_name=source.service_account_name,
        region=case.target.place.region,
    )


def _failed(publishing: Publishing, memory: ModelMemory, job: PackingSeen) -> ModelPlan:
    said = job.message or "the packing Job failed and left no message; read the logs of its Pods"
    if job.exit_code == PackerExit.SOURCE_CHANGED:
        fault = Fault(blame=Blame.WORLD, reason=SOURCE_CHANGED, message=said)
        return _again(publishing.model_copy(update={"source_etag": None}), fault, memory)
    if job.exit_code in (PackerExit.REFUSED, PackerExit.FORBIDDEN):
        remedy = "" if job.exit_code == PackerExit.REFUSED else "; then give the object another reconcile-at"
        fault = Fault(blame=Blame.USER, reason=PACKING_FAILED, message=f"spec.source.s3Uri: {said}{remedy}")
        return refused(publishing, fault, memory, look=SLOW_BACK_OFF)
    return _again(publishing, Fault(blame=Blame.WORLD, reason=PACKING_FAILED, message=said), memory)


def _again(publishing: Publishing, fault: Fault, memory: ModelMemory) -> ModelPlan:
    """The Job goes, and another one is run once it is gone."""
    return ModelPlan(
        situation=Situation.WORLD_FAULT,
        reason=fault.reason,
        message=fault.message,
        phase=ModelPhase.PACKING,
        steps=(DeletePacker(s3_uri=publishing.artifact_s3_uri),),
        memory=replace(memory, publishing=publishing),
        next_look=BACK_OFF,
    )


def _waits(case: ModelCase, memory: ModelMemory, message: str, look: Look) -> ModelPlan:
    return ModelPlan(
        situation=begins(case),
        reason=PACKING,
        message=message,
        phase=ModelPhase.PACKING,
        memory=memory,
        next_look=look,
    )
