"""What an edit of each field does: foreseen, then done; undone without anything new; told to users as it is."""

from pathlib import Path

import pytest

from endpoint_operator.api.crd import as_yaml, inference_endpoint_crd
from endpoint_operator.planning.steps import CreateEndpoint, CreateEndpointConfig, CreateModel, Step
from tests.unit.edits import AUTOSCALING, EDITS, FIELDS, INSTANCE, Edit
from tests.unit.edits_foreseen import REFUSED, Effect, foreseen_calls, outlook, served
from tests.unit.given import spec
from tests.unit.operator_in_memory import OperatorInMemory
from tests.unit.settling import settle
from tests.unit.what_an_edit_does import page

PAGE = Path(__file__).parents[2] / "docs" / "what-an-edit-does.md"
OUTLOOKS = {field: outlook(field) for field in FIELDS}
NOT_DONE = (Effect.REFUSED, Effect.STALLED, Effect.NOT_YET)
CARRIED_OUT = [field for field, seen in OUTLOOKS.items() if seen.effect not in NOT_DONE]

# api.md, behaviour 2: none of these ever replaces the fleet.
IN_PLACE = {
    "spec.instance.count": Effect.COUNT,
    "spec.variants[].instance.count": Effect.COUNT,
    "spec.shadow.instance.count": Effect.COUNT,
    "spec.variants[].weight": Effect.WEIGHTS,
    "spec.serverless.maxConcurrency": Effect.CONCURRENCY,
    "spec.serverless.provisionedConcurrency": Effect.CONCURRENCY,
    "spec.tags": Effect.TAGS,
    **{field: Effect.NOTHING for field in FIELDS if field.startswith("spec.rollout")},
    **{
        f"spec.{field}": Effect.NOTHING
        for field in (
            "paused",
            "preflight",
            "deletionPolicy",
            "adoptionPolicy",
            "replacePolicy",
            "revisionHistoryLimit",
        )
    },
    "spec.export.configMapName": Effect.NOTHING,
    "spec.stopped": Effect.STOP,
    **{field: Effect.AUTOSCALING for field in FIELDS if ".autoscaling." in field and field in CARRIED_OUT},
}


@pytest.mark.parametrize("field", IN_PLACE)
def test_what_changes_in_place_never_replaces_the_fleet(field: str) -> None:
    assert OUTLOOKS[field].effect == IN_PLACE[field]


def test_everything_else_that_is_acted_on_is_a_new_revision() -> None:
    others = {field for field in CARRIED_OUT if field not in IN_PLACE}
    assert {field: OUTLOOKS[field].effect for field in others} == dict.fromkeys(others, Effect.REVISION)
    assert len(others) > 60


@pytest.mark.parametrize("field", CARRIED_OUT)
def test_what_is_foreseen_is_done_and_undoing_it_makes_nothing_new(field: str) -> None:
    edit = EDITS[field]
    operator = served(edit)
    made = everything_made(operator)
    operator.edit(edit.after)
    settle(operator)
    assert names(operator.calls) == names(OUTLOOKS[field].calls)
    operator.calls.clear()
    operator.edit(edit.before)
    back = foreseen_calls(operator)
    settle(operator)
    assert names(operator.calls) == names(back)
    again = [step for step in back if isinstance(step, CreateModel | CreateEndpointConfig)]
    assert [step for step in again if step not in made] == [], "created once, found there ever after"
    assert operator.sagemaker.violations == []


def test_an_instance_type_changes_while_it_is_not_registered_for_autoscaling() -> None:
    scaled = spec(autoscaling=AUTOSCALING)
    edit = Edit(before=scaled, after={**scaled, "instance": {**INSTANCE, "type": "ml.m5.xlarge"}})
    operator = served(edit)
    operator.edit(edit.after)
    foreseen = [operation for operation, _ in names(foreseen_calls(operator))]
    settle(operator)
    assert [operation for operation, _ in names(operator.calls)] == foreseen
    assert foreseen.index("DeregisterScalableTarget") < foreseen.index("UpdateEndpoint")
    assert foreseen.index("UpdateEndpoint") < foreseen.index("RegisterScalableTarget")
    assert operator.sagemaker.violations == []


@pytest.mark.parametrize("field", REFUSED)
def test_what_is_refused_is_refused_by_a_rule_of_the_crd(field: str) -> None:
    written = " ".join(as_yaml(inference_endpoint_crd()).split())
    assert REFUSED[field] in written


def test_the_page_for_users_is_what_make_generate_writes() -> None:
    assert PAGE.read_text() == page(OUTLOOKS), "run `make generate` and commit what it writes"


def everything_made(operator: OperatorInMemory) -> list[CreateModel | CreateEndpointConfig]:
    return [*operator.sagemaker.models.values(), *operator.sagemaker.configs.values()]


def names(calls: list[Step] | tuple[Step, ...]) -> list[tuple[str, str]]:
    """Operation and resource of each call; of a creation its config too, for it is what the call is about."""
    return [
        (type(step).__name__, f"{step.name} {step.config_name}" if isinstance(step, CreateEndpoint) else step.name)
        for step in calls
    ]
