"""When tenancy stops an object, and what it lets go on."""

from dataclasses import replace
from typing import Any

import pytest

from endpoint_operator.api.identity import FINALIZER
from endpoint_operator.planning.decide import make_plan, wants_look
from endpoint_operator.planning.facts import Facts, OperatorInputs
from endpoint_operator.planning.models.decide import make_plan as make_model_plan
from endpoint_operator.planning.models.decide import wanted_looks
from endpoint_operator.planning.plan import Situation
from endpoint_operator.planning.steps import DeleteEndpoint
from endpoint_operator.planning.tenancy.refusals import fault_in_looking, fault_in_model, fault_in_target
from endpoint_operator.planning.tenancy.tenancy import Tenancy
from tests.unit.given import ACCOUNT, INPUTS, UNREACHABLE, an_object, facts, foreign, known, live, row, spec, status
from tests.unit.models.models_given import a_model, a_spec, a_target
from tests.unit.models.models_given import facts as model_facts
from tests.unit.tenancy.tenancy_given import OTHER, claim, rules, rules_of, tenancy

NOTHING = tenancy(rules())
THEIRS = f"arn:aws:iam::{OTHER}:role/operator"
OURS = f"arn:aws:iam::{ACCOUNT}:role/operator"


def under(known_tenancy: Tenancy) -> OperatorInputs:
    return replace(INPUTS, tenancy=known_tenancy)


def serving() -> dict[str, Any]:
    return {"status": status(row(), endpoint=known(live()))}


def test_a_new_object_is_stalled_and_neither_looked_at_nor_made() -> None:
    endpoint, seen = an_object(), facts()
    plan = make_plan(endpoint, seen, under(NOTHING))
    assert (plan.situation, plan.reason, plan.steps) == (Situation.USER_FAULT, "NotAllowed", ())
    assert plan.message.startswith("spec.executionRoleArn: namespace ml may not use")
    assert wants_look(endpoint, seen, under(NOTHING)) is None
    assert wants_look(endpoint, seen, INPUTS) is not None


def test_what_runs_is_left_as_it_is_and_the_sentence_says_so() -> None:
    plan = make_plan(an_object(**serving()), facts(live()), under(NOTHING))
    assert (plan.reason, plan.steps) == ("NotAllowed", ())
    assert plan.message.endswith("What runs is left as it is")


def test_what_is_no_longer_allowed_may_still_be_stopped_and_deleted() -> None:
    stopped = make_plan(an_object(spec(stopped=True), **serving()), facts(live()), under(NOTHING))
    deleted = make_plan(an_object(deleted=True, **serving()), facts(live()), under(NOTHING))
    assert [type(plan.steps[-1]) for plan in (stopped, deleted)] == [DeleteEndpoint, DeleteEndpoint]


def test_stopped_is_no_way_to_take_what_is_not_allowed() -> None:
    """Adopted first, it would then be deleted."""
    wanted = spec(stopped=True, adoptionPolicy="AdoptOrCreate")
    plan = make_plan(an_object(wanted), facts(live(), foreign=foreign()), under(NOTHING))
    assert (plan.reason, plan.steps) == ("NotAllowed", ())


def test_while_aws_cannot_be_asked_nothing_is_judged() -> None:
    plan = make_plan(an_object(), facts(account=None, aws_fault=UNREACHABLE), under(NOTHING))
    assert plan.reason == UNREACHABLE.reason


def test_a_clash_with_another_namespace_is_looked_at_again_and_other_refusals_wait_for_an_edit() -> None:
    clash = tenancy(None, claim("s3://models/", serves=True))
    waits = make_plan(an_object(), facts(), under(clash))
    assert (waits.reason, waits.next_look is not None) == ("NotAllowed", True)
    assert make_plan(an_object(), facts(), under(NOTHING)).next_look is None


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (spec(), None),
        (spec(endpointName="another-teams"), "NotAllowed"),
        (spec(assumeRoleArn=OURS), "NotAllowed"),
        (spec(assumeRoleArn=THEIRS), "NotAllowed"),
    ],
)
def test_aws_is_not_even_asked_through_a_role_or_about_a_name_that_may_not_be_used(
    wanted: dict[str, Any], reason: str | None
) -> None:
    found = fault_in_looking(an_object(wanted), NOTHING)
    assert (found.reason if found is not None else None) == reason


@pytest.mark.parametrize("deleted", [False, True])
def test_a_refused_role_is_not_used_for_a_deletion_either_and_retain_is_the_way_out(*, deleted: bool) -> None:
    endpoint = an_object(spec(assumeRoleArn=THEIRS), deleted=deleted, **serving())
    refused = fault_in_looking(endpoint, tenancy())
    assert refused is not None
    plan = make_plan(endpoint, facts(live(), account=None, aws_fault=refused), under(tenancy()))
    assert (plan.situation, plan.reason, plan.steps) == (Situation.USER_FAULT, "NotAllowed", ())
    assert ("deletionPolicy: Retain" in plan.message) is deleted


def test_a_deletion_of_what_was_never_made_waits_for_nobody() -> None:
    endpoint = an_object(spec(assumeRoleArn=THEIRS), deleted=True, finalizer=False)
    refused = fault_in_looking(endpoint, tenancy())
    plan = make_plan(endpoint, facts(account=None, aws_fault=refused), under(tenancy()))
    assert plan.situation == Situation.DELETING


def test_an_own_endpoint_whose_name_is_no_longer_allowed_is_still_looked_at() -> None:
    assert fault_in_looking(an_object(spec(endpointName="churn"), **serving()), NOTHING) is None


def test_a_role_of_another_account_brings_the_things_of_that_account() -> None:
    """And those of the operator's own are foreign there."""
    allowed = tenancy(
        rules_of(
            {
                "namespaces": ["ml"],
                "assumeRoleArns": [THEIRS],
                "executionRoleArns": ["*"],
                "s3Prefixes": ["*"],
                "imageRegistries": ["*"],
            }
        )
    )
    there = spec(assumeRoleArn=THEIRS, executionRoleArn=f"arn:aws:iam::{OTHER}:role/serving")
    here = spec(assumeRoleArn=THEIRS, executionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/serving")
    seen: Facts = facts(account=OTHER)
    assert make_plan(an_object(there), seen, under(allowed)).reason != "NotAllowed"
    assert make_plan(an_object(here), seen, under(allowed)).reason == "NotAllowed"


def test_without_tenancy_nothing_is_judged() -> None:
    assert make_plan(an_object(spec(executionRoleArn=THEIRS)), facts(), INPUTS).reason != "NotAllowed"


ALL_OF_MODELS = {"s3Prefixes": ["s3://training/t1/", "s3://models/mme/"]}


def allowing(**lists: list[str]) -> Tenancy:
    return tenancy(rules_of({"namespaces": ["ml"], **ALL_OF_MODELS, **lists}))


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({}, None),
        ({"source": {"s3Uri": "s3://training/t2/model.tar.gz"}}, "spec.source.s3Uri"),
        ({"warmUp": {"bodyS3Uri": "s3://secrets/body"}}, "spec.warmUp.bodyS3Uri"),
        ({"targetModel": "../other/x.tar.gz"}, "spec.targetModel"),
    ],
)
def test_a_model_reads_and_writes_only_where_its_namespace_may(members: dict[str, Any], field: str | None) -> None:
    found = fault_in_model(a_model(spec=a_spec(**members)), a_target(), allowing())
    assert (found.message.partition(":")[0] if found is not None else None) == field


def test_a_model_does_not_reach_through_its_endpoint() -> None:
    for target in (
        a_target(s3_prefix="s3://models/others/"),
        a_target(place=replace(a_target().place, assume_role_arn=THEIRS)),
    ):
        found = fault_in_model(a_model(), target, allowing())
        assert found is not None
        assert found.message.startswith("spec.endpointRef.name")
        assert fault_in_target(target, namespace="ml", tenancy=allowing()) is not None
    assert fault_in_target(a_target(), namespace="ml", tenancy=allowing()) is None


def test_a_model_that_is_not_allowed_is_stalled_without_a_look() -> None:
    refused = fault_in_model(a_model(), a_target(), tenancy(rules()))
    seen = model_facts(not_allowed=refused)
    assert wanted_looks(a_model(), seen) == ()
    plan = make_model_plan(a_model(), seen)
    assert (plan.situation, plan.reason, plan.steps) == (Situation.USER_FAULT, "NotAllowed", ())


def test_a_model_that_is_not_allowed_may_still_be_deleted() -> None:
    refused = fault_in_model(a_model(), a_target(), tenancy(rules()))
    assert FINALIZER in a_model().finalizers
    plan = make_model_plan(a_model(deleted=True), model_facts(not_allowed=refused))
    assert plan.situation == Situation.DELETING


def test_a_model_at_work_through_a_role_is_not_disturbed_while_the_own_account_is_unknown() -> None:
    allowed = replace(allowing(assumeRoleArns=[THEIRS]), account=None)
    target = a_target(place=replace(a_target().place, assume_role_arn=THEIRS))
    at_work = a_model(status={"assumeRoleArn": THEIRS, "region": "us-east-1"})
    assert fault_in_model(at_work, target, allowed) is None
    unknown = fault_in_model(a_model(), target, allowed)
    assert unknown is not None
    assert unknown.reason == "AccountUnknown"
