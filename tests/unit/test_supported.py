"""No field of the spec is passed over in silence: each is acted on, or named as not supported yet."""

from typing import Any

import pytest

from endpoint_operator.api.spec import InferenceEndpointSpec
from endpoint_operator.api.spec_rules import SPEC_RULES
from endpoint_operator.planning.decide import make_plan, wants_look
from endpoint_operator.planning.exporting import export_change
from endpoint_operator.planning.foresight import foresee
from endpoint_operator.planning.inputs.values import ObjectVersion, SeenInputs, wants_values
from endpoint_operator.planning.pause import plan_of_pass
from endpoint_operator.planning.place import place_of
from endpoint_operator.planning.supported import not_yet_supported
from tests.unit.edits import CONTAINER, EDITS, FIELDS
from tests.unit.edits_foreseen import STALLED
from tests.unit.given import (
    INPUTS,
    REGION,
    an_object,
    facts,
    foreign,
    inputs_for,
    known,
    live,
    multi_model,
    numbered_row,
    of_a_later_release,
    row,
    spec,
    status,
)

# What they allow or refuse is decided by the API server, from the rules in the CRD.
BY_THE_API_SERVER = {"spec.replacePolicy": "self.replacePolicy == 'Recreate'"}

# What the API server refuses the operator refuses too, where it could do harm.
_STALLED = {**STALLED, "spec.variants[].autoscaling.backlogPerInstance": "AutoscalingInvalid"}

_CHANGED = SeenInputs(objects={"Secret/token": ObjectVersion(uid="uid-of-it", resource_version="2")})


def parsed(wanted: dict[str, Any]) -> InferenceEndpointSpec:
    return InferenceEndpointSpec.model_validate(wanted)


def is_below(field: str, other: str) -> bool:
    return field == other or field.startswith((f"{other}.", f"{other}["))


def as_pattern(field: str) -> str:
    """A field as it is named in a sentence, without the numbers of list items."""
    return "".join(character for character in field if not character.isdigit())


def footprint(wanted: dict[str, Any]) -> object:
    """What a spec leads to: what is made, rolled out, adopted, kept, let go, exported and looked at, and where."""
    inputs = inputs_for(wanted)
    settled = an_object(wanted, status=status(row(wanted), endpoint=known(live(wanted), tags=wanted)))
    old = [numbered_row(number) for number in range(3)]
    rows = status(*old, row(wanted), endpoint=known(live(wanted), tags=wanted))
    edited = {**wanted, "redeploy": f"after {wanted.get('redeploy')}"}
    adopted = make_plan(an_object(wanted), facts(live(wanted), foreign=foreign()), inputs)
    return (
        foresee(an_object(wanted), facts(), inputs).plan.as_json()["calls"],
        foresee(an_object(edited, status=rows), facts(live(wanted)), inputs).plan.as_json()["calls"],
        adopted.reason,
        plan_of_pass(settled, facts(live(wanted)), inputs).reason,
        make_plan(an_object(wanted, status=rows, deleted=True), facts(missing_seconds=90.0), inputs).reason,
        place_of(an_object(wanted), default_region=REGION),
        wants_look(an_object(wanted), facts(), inputs) is not None,
        export_change(settled, settled.status, region=REGION),
        wants_values(parsed(wanted), inputs.seen.read, _CHANGED),
    )


def test_every_field_has_an_example_of_an_edit() -> None:
    assert set(FIELDS) == EDITS.keys(), "a field is new or gone: give an example of an edit in tests/unit/edits.py"


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_is_acted_on_or_named_as_not_supported_yet(field: str) -> None:
    edit = EDITS[field]
    named = not_yet_supported(parsed(edit.after))
    if named:
        assert any(is_below(field, path) or path == "spec.mode" for path in map(_as_field, named)), named
        plan = make_plan(an_object(edit.after), facts(), INPUTS)
        assert (plan.reason, plan.steps) == ("NotYetSupported", ())
        assert named[0] in plan.message
    elif field in _STALLED:
        plan = make_plan(an_object(edit.after), facts(), INPUTS)
        assert (plan.reason, plan.steps) == (_STALLED[field], ())
    elif field in BY_THE_API_SERVER:
        assert any(BY_THE_API_SERVER[field] in rule[0] for rule in SPEC_RULES)
    else:
        assert footprint(edit.after) != footprint(edit.before), f"{field} changes nothing, and nobody says so"


def _as_field(path: str) -> str:
    """spec.containers[0].framework → spec.containers[].framework."""
    return as_pattern(path)


@pytest.mark.parametrize(
    "wanted",
    [
        spec(),
        spec(region=REGION),
        spec(rollout={}),
        spec(rollout={"strategy": "AllAtOnce"}),
        spec(network={}),
        multi_model(),
        multi_model(multiModel={"s3Prefix": "s3://models/all/", "cache": "Enabled"}),
        spec(overrides={}),
        spec(paused=False, stopped=False, adoptionPolicy="Never", replacePolicy="Refuse"),
        spec(containers=[{**CONTAINER, "modelData": {**CONTAINER["modelData"], "compression": "Gzip"}}]),
        spec(instance={"type": "ml.m5.large", "overrides": {}, "count": 1}),
    ],
)
def test_a_field_that_says_its_default_is_not_in_use(wanted: dict[str, Any]) -> None:
    assert not_yet_supported(parsed(wanted)) == []


def test_a_field_of_a_later_release_is_named_with_what_to_do() -> None:
    later = of_a_later_release()
    plan = make_plan(an_object(later), facts(), INPUTS)
    assert plan.message == (
        "spec.containers[0].modelPackageArn with mode MultiModel is not supported by this release; "
        "remove it and nothing is lost"
    )
