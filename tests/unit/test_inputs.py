"""Values from Secrets and ConfigMaps in planning: digests that name revisions, and which reading counts."""

import copy
import json
from dataclasses import replace
from typing import Any

import pytest

from endpoint_operator.api.conditions import find
from endpoint_operator.api.endpoint import InferenceEndpoint
from endpoint_operator.api.status import ResolvedInput, RevisionState, RevisionStatus
from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.desired import Desired, desired_state
from endpoint_operator.planning.faults import Blame, Fault
from endpoint_operator.planning.inputs.condition import INPUTS_CHANGED
from endpoint_operator.planning.inputs.faults import LONGEST_VALUE, fault_in_value
from endpoint_operator.planning.inputs.requests import inputs_in, told_without, values_put, with_values
from endpoint_operator.planning.inputs.values import (
    MOST_INPUTS,
    ObjectVersion,
    SeenInputs,
    changed_objects,
    digest_of,
    references_of,
    wants_values,
)
from endpoint_operator.planning.outcome import Outcome
from endpoint_operator.planning.plan import Look
from endpoint_operator.planning.status import status_of
from endpoint_operator.planning.stories import stories_of
from tests.unit.given import INPUTS, an_object, facts, live, rollout, spec, status

KEY = b"k" * 32
SECRET = {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "database", "key": "password"}}}
LIMITS = {"name": "ROWS", "valueFrom": {"configMapKeyRef": {"name": "limits", "key": "rows"}}}
SOURCE, LIMITS_SOURCE = "Secret/database/password", "ConfigMap/limits/rows"


def taking(*variables: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return spec(containers=[{"image": "repo/churn:1", "environment": list(variables)}], **fields)


def taken(digest: str = "digest-1", *, version: str = "5", source: str = SOURCE, uid: str = "u1") -> ResolvedInput:
    return ResolvedInput(source=source, uid=uid, resource_version=version, digest=digest)


def wants(endpoint: InferenceEndpoint, seen: SeenInputs) -> Desired:
    found = desired_state(endpoint, replace(INPUTS, seen=seen))
    assert found is not None
    return found


def reading(*inputs: ResolvedInput) -> SeenInputs:
    return SeenInputs(read=inputs)


def made_with(*inputs: ResolvedInput, wanted: dict[str, Any], state: RevisionState) -> RevisionStatus:
    """The row that the operator itself would have written."""
    endpoint = an_object(wanted)
    inputs_then = replace(INPUTS, seen=reading(*inputs))
    plan = make_plan(endpoint, facts(), inputs_then)
    assert plan.memory is not None
    return plan.memory.revisions[-1].model_copy(update={"state": state})


def test_a_digest_tells_a_value_from_another_and_equal_values_of_two_places_apart() -> None:
    digest = digest_of("hunter2", key=KEY, namespace="ml", source=SOURCE)
    assert digest == digest_of("hunter2", key=KEY, namespace="ml", source=SOURCE)
    others = {
        digest_of("hunter3", key=KEY, namespace="ml", source=SOURCE),
        digest_of("hunter2", key=b"o" * 32, namespace="ml", source=SOURCE),
        digest_of("hunter2", key=KEY, namespace="other", source=SOURCE),
        digest_of("hunter2", key=KEY, namespace="ml", source="Secret/cache/password"),
    }
    assert len(others | {digest}) == 5


def test_each_value_is_referred_to_once_with_the_first_field_that_asks_for_it() -> None:
    twice = {**SECRET, "name": "AGAIN"}
    found = references_of(an_object(taking({"name": "A", "value": "1"}, SECRET, twice, LIMITS)).spec)
    assert [(reference.source, reference.field) for reference in found] == [
        (SOURCE, "spec.containers[0].environment[1].valueFrom.secretKeyRef"),
        (LIMITS_SOURCE, "spec.containers[0].environment[3].valueFrom.configMapKeyRef"),
    ]


def test_the_revision_is_named_after_values_and_the_digest_of_the_spec_is_not() -> None:
    endpoint = an_object(taking(SECRET))
    one, other = wants(endpoint, reading(taken("one"))), wants(endpoint, reading(taken("two")))
    assert one.revision != other.revision
    assert one.spec_digest == other.spec_digest
    assert wants(endpoint, reading(taken("one", version="9"))).revision == one.revision


def test_a_plan_prints_where_a_value_comes_from_and_its_digest() -> None:
    step = wants(an_object(taking(SECRET)), reading(taken("digest-1"))).create_models()[0]
    environment = step.request["PrimaryContainer"]["Environment"]
    assert environment == {"PASSWORD": {"valueFrom": SECRET["valueFrom"], "digest": "digest-1"}}
    assert json.loads(json.dumps(step.request)) == step.request


@pytest.mark.parametrize("containers", [1, 2])
def test_values_are_put_where_they_belong_and_the_plan_stays_as_it_was(containers: int) -> None:
    place = {"valueFrom": SECRET["valueFrom"], "digest": "d"}
    definitions = [{"Image": "i", "Environment": {"PASSWORD": dict(place), "A": "1"}} for _ in range(containers)]
    request: dict[str, Any] = {"ModelName": "m"}
    request |= {"PrimaryContainer": definitions[0]} if containers == 1 else {"Containers": definitions}
    before = copy.deepcopy(request)
    filled = with_values(request, {SOURCE: "hunter2"})
    assert inputs_in(request) == {SOURCE: "d"}
    assert inputs_in(filled) == {}
    assert json.dumps(filled).count("hunter2") == containers
    assert request == before
    assert values_put(request, filled) == {("PASSWORD", "hunter2")}


def test_a_refusal_is_told_without_the_values() -> None:
    fault = Fault(blame=Blame.USER, reason="Invalid", message="hunter2 is refused, and FLAG a too; mend a part")
    told = told_without(fault, {("PASSWORD", "hunter2"), ("FLAG", "a")})
    assert told.message == "[value] is refused, and FLAG [value] too; mend a part"


def test_a_revision_keeps_the_values_and_the_role_that_it_was_made_with() -> None:
    wanted = taking(SECRET)
    row = made_with(taken("one"), wanted=wanted, state=RevisionState.ACTIVE)
    endpoint = an_object(wanted, status=status(row))
    assert wants(endpoint, SeenInputs()).revision == row.name
    assert row.resolved.inputs == [taken("one")]
    other_operator = replace(INPUTS, default_execution_role_arn="arn:aws:iam::1:role/new", seen=reading(taken("two")))
    again = desired_state(endpoint, other_operator)
    assert again is not None
    assert again.execution_role_arn == INPUTS.default_execution_role_arn
    assert again.revision != row.name


def test_of_two_revisions_of_one_spec_the_one_under_way_counts() -> None:
    wanted = taking(SECRET)
    first = made_with(taken("one"), wanted=wanted, state=RevisionState.DEPLOYING)
    second = made_with(taken("two"), wanted=wanted, state=RevisionState.SUPERSEDED)
    newest = an_object(wanted, status=status(first, second))
    under_way = an_object(wanted, status=status(first, second, rollout=rollout(first.name)))
    assert wants(newest, SeenInputs()).revision == second.name
    assert wants(under_way, SeenInputs()).revision == first.name


@pytest.mark.parametrize(
    ("now", "changed"),
    [
        ({"Secret/database": ObjectVersion(uid="u1", resource_version="5")}, ()),
        ({"Secret/database": ObjectVersion(uid="u1", resource_version="6")}, ("Secret/database",)),
        ({"Secret/database": ObjectVersion(uid="u2", resource_version="5")}, ("Secret/database",)),
        ({"Secret/database": None}, ("Secret/database",)),
        ({}, ()),  # nobody may look
    ],
)
def test_an_object_counts_as_changed_when_its_version_or_uid_did(
    now: dict[str, ObjectVersion | None], changed: tuple[str, ...]
) -> None:
    assert changed_objects([taken()], now) == changed


@pytest.mark.parametrize(
    ("recorded", "version", "rolls", "wanted"),
    [
        (False, "5", False, True),
        (True, "5", False, False),
        (True, "5", True, False),
        (True, "6", False, False),
        (True, "6", True, True),
    ],
)
def test_values_are_read_for_a_new_revision_or_where_a_change_rolls_out(
    *, recorded: bool, version: str, rolls: bool, wanted: bool
) -> None:
    endpoint = an_object(taking(SECRET, rolloutOnInputChange=rolls))
    seen = SeenInputs(objects={"Secret/database": ObjectVersion(uid="u1", resource_version=version)})
    assert wants_values(endpoint.spec, [taken()] if recorded else None, seen) is wanted


def test_what_cannot_be_had_stalls_and_is_looked_at_again() -> None:
    fault = Fault(blame=Blame.USER, reason="InputNotFound", message="there is none", about_inputs=True)
    plan = make_plan(an_object(taking(SECRET)), facts(), replace(INPUTS, seen=SeenInputs(fault=fault)))
    assert (plan.reason, plan.steps) == ("InputNotFound", ())
    assert plan.next_look == Look(back_off=True, at_most_seconds=600.0)


def test_without_a_reading_nothing_is_made_up() -> None:
    plan = make_plan(an_object(taking(SECRET)), facts(), INPUTS)
    assert (plan.reason, plan.steps) == ("InputsNotRead", ())


def test_more_values_than_a_status_can_remember_are_refused() -> None:
    many = [{"name": f"V{number}", "valueFrom": SECRET["valueFrom"]} for number in range(60)]
    for number, variable in enumerate(many):
        variable["valueFrom"] = {"secretKeyRef": {"name": "database", "key": f"k{number}"}}
    more = copy.deepcopy(many)
    for number, variable in enumerate(more):
        variable["valueFrom"] = {"secretKeyRef": {"name": "cache", "key": f"k{number}"}}
    instance = {"type": "ml.m5.large"}
    variants = [
        {"name": name, "weight": 1, "instance": instance, "containers": [{"image": "i", "environment": variables}]}
        for name, variables in (("a", many), ("b", more))
    ]
    endpoint = an_object({"mode": "RealTime", "variants": variants})
    assert len(references_of(endpoint.spec)) > MOST_INPUTS
    plan = make_plan(endpoint, facts(), INPUTS)
    assert (plan.reason, plan.steps) == ("TooManyInputs", ())


@pytest.mark.parametrize(
    ("value", "word"), [("x" * LONGEST_VALUE, None), ("x" * (LONGEST_VALUE + 1), "1025"), (None, "UTF-8")]
)
def test_a_value_that_sagemaker_cannot_take_is_refused_before_it_is_sent(value: str | None, word: str | None) -> None:
    fault = fault_in_value(references_of(an_object(taking(SECRET)).spec)[0], value)
    assert (fault is None) if word is None else (fault is not None and word in fault.message)


@pytest.mark.parametrize(
    ("seen", "state", "reason"),
    [
        (SeenInputs(objects={"Secret/database": ObjectVersion(uid="u1", resource_version="5")}), "False", "Unchanged"),
        (SeenInputs(objects={"Secret/database": ObjectVersion(uid="u1", resource_version="6")}), "True", "Changed"),
        (SeenInputs(objects={"Secret/database": None}), "True", "Changed"),
        (
            SeenInputs(
                objects={"Secret/database": ObjectVersion(uid="u1", resource_version="6")}, read=(taken(version="6"),)
            ),
            "False",
            "Unchanged",
        ),
        (SeenInputs(warning=Fault(blame=Blame.USER, reason="InputNotFound", message="m")), "True", "NotFound"),
        (
            SeenInputs(warning=Fault(blame=Blame.OPERATOR_SETUP, reason="InputForbidden", message="m")),
            "Unknown",
            "Forbidden",
        ),
    ],
)
def test_the_condition_says_whether_the_inputs_are_those_of_the_revision(
    seen: SeenInputs, state: str, reason: str
) -> None:
    wanted = taking(SECRET)
    row = made_with(taken(), wanted=wanted, state=RevisionState.ACTIVE)
    endpoint, serving = an_object(wanted, status=status(row)), facts(live(config_name=row.config_name))
    inputs = replace(INPUTS, seen=seen)
    plan = make_plan(endpoint, serving, inputs)
    written = status_of(endpoint, facts=serving, plan=plan, outcome=Outcome(), inputs=inputs)
    condition = find(written.conditions, INPUTS_CHANGED)
    assert condition is not None
    assert (condition.status, condition.reason) in {(state, f"Inputs{reason}"), (state, f"Input{reason}")}
    without = an_object(spec(), status=written)
    plain = make_plan(without, facts(), INPUTS)
    after = status_of(without, facts=facts(), plan=plain, outcome=Outcome(), inputs=INPUTS)
    assert find(after.conditions, INPUTS_CHANGED) is None


@pytest.mark.parametrize(
    ("variable", "source", "told"), [(SECRET, SOURCE, ["EnvironmentIsReadable"]), (LIMITS, LIMITS_SOURCE, [])]
)
def test_who_can_read_a_secret_value_is_told_once_for_each_revision(
    variable: dict[str, Any], source: str, told: list[str]
) -> None:
    endpoint, inputs = an_object(taking(variable)), replace(INPUTS, seen=reading(taken(source=source)))
    reasons: list[str] = []
    for _ in range(3):
        plan = make_plan(endpoint, facts(), inputs)
        outcome = Outcome(done=plan.steps, endpoint_arn=live().arn)
        written = status_of(endpoint, facts=facts(), plan=plan, outcome=outcome, inputs=inputs)
        stories = stories_of(endpoint, plan=plan, outcome=outcome, status=written)
        reasons += [story.reason for story in stories if story.reason == "EnvironmentIsReadable"]
        endpoint = replace(endpoint, status=written)
    assert reasons == told
