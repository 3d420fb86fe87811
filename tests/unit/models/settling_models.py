"""Time passing by for models until nothing more comes of it, and what must hold then and at every moment."""

from collections.abc import Callable, Sequence

from endpoint_operator.api.model_status import InferenceModelStatus
from tests.unit.models.models_given import said
from tests.unit.models.operator_of_models import ModelInMemory
from tests.unit.models.s3_in_memory import World

# More rounds than anything needs: who has not settled by then never will.
MOST_ROUNDS = 60


def settle(
    world: World, models: Sequence[ModelInMemory], *, after_each_pass: Callable[[], None] = lambda: None
) -> None:
    """Passes, Jobs and half a minute after half a minute, until nothing changes for longer than what drains.

    AssertionError where it comes to no end.
    """
    quiet = 0
    for _ in range(MOST_ROUNDS):
        before = _all_of(world, models)
        for model in models:
            if not model.gone:
                model.one_pass()
                after_each_pass()
        after_each_pass()
        world.jobs_get_on()
        for model in models:
            model.clock += 30.0
        quiet = quiet + 1 if _all_of(world, models) == before else 0
        if quiet > 12:
            return
    raise AssertionError(f"not settled: {[(model.status, model.plans[-3:]) for model in models]}")


def is_remembered(world: World, model: ModelInMemory) -> None:
    """What is in S3, or may yet be written there, is known to the object: a deletion finds it."""
    if model.gone:
        return
    forgotten = world.owned(model.owner) - _remembered(model.parsed)
    assert not forgotten, f"in S3, and no status knows it: {forgotten}"
    writers = {s3_uri for name, s3_uri in world.jobs if name == model.name} - _remembered(model.parsed)
    running = {s3_uri for s3_uri in writers if world.jobs[model.name, s3_uri].state in ("Running", "Stopping")}
    assert not running, f"a Job writes what no status knows: {running}"


def still_fits(status: InferenceModelStatus) -> None:
    """The bounds of the CRD, and nothing that is of use counted as garbage."""
    InferenceModelStatus.model_validate(status.model_dump(by_alias=True, exclude_none=True, mode="json"))
    assert len(set(status.obsolete)) == len(status.obsolete)
    assert status.artifact_s3_uri not in status.obsolete
    assert status.publishing is None or status.publishing.artifact_s3_uri not in status.obsolete


def callers_are_answered(world: World, model: ModelInMemory, *, harmed: set[str]) -> None:
    """Whoever was told of a target, and may still act on it, finds it under the prefix that is served.

    `harmed` are targets of which somebody else removed the object.
    """
    endpoint = world.endpoint
    if model.gone or model.deleted or not endpoint.exists or endpoint.served is None or not endpoint.multi_model:
        return
    for told in model.told:
        asked = told.until >= model.clock and told.only_under in (None, endpoint.served)
        if asked and told.target not in harmed:
            found = f"{endpoint.served}{told.target}" in world.objects
            assert found, f"callers still ask for {told.target}, and it is not under {endpoint.served}"


def is_at_rest(world: World, model: ModelInMemory) -> None:
    """A pass, and one of a process that has just begun, looks at nothing and writes nothing."""
    if model.gone or not said(model.parsed)[0]:
        return
    looks, writes = len(model.looks), model.writes
    model.one_pass()
    assert (len(model.looks), model.writes) == (looks, writes), model.looks[looks:]
    assert model.look_at is None


def _remembered(status: InferenceModelStatus) -> set[str | None]:
    publishing = status.publishing.artifact_s3_uri if status.publishing is not None else None
    return {status.artifact_s3_uri, publishing, *status.obsolete}


def _all_of(world: World, models: Sequence[ModelInMemory]) -> object:
    jobs = {key: job.state for key, job in world.jobs.items()}
    return dict(world.objects), jobs, [(model.gone, model.finalizer, str(model.status)) for model in models]
