"""An endpoint of the wanted name that somebody else made: whose may be adopted by which policy, and how."""

import pytest

from endpoint_operator.planning.decide import make_plan
from endpoint_operator.planning.facts import Holder
from endpoint_operator.planning.foresight import foresee
from endpoint_operator.planning.plan import FinalizerChange, Situation
from endpoint_operator.planning.steps import SyncTags
from tests.unit.given import INPUTS, an_object, desired, facts, foreign, live, spec

ADOPTED = {
    ("AdoptOrCreate", Holder.NOBODY),
    ("TakeOver", Holder.NOBODY),
    ("TakeOver", Holder.OTHER_OPERATOR),
}


@pytest.mark.parametrize("holder", Holder)
@pytest.mark.parametrize("policy", ["Never", "AdoptOrCreate", "TakeOver"])
def test_each_policy_adopts_its_own_and_leaves_the_others_alone(policy: str, holder: Holder) -> None:
    wanted = spec(adoptionPolicy=policy)
    found = make_plan(an_object(wanted), facts(live(config_name="theirs"), foreign=foreign(holder)), INPUTS)
    if (policy, holder) in ADOPTED:
        (step,) = found.steps
        assert isinstance(step, SyncTags)
        assert step.tags == desired(wanted).tags
        assert found.situation == Situation.UPDATING
    else:
        assert (found.situation, found.reason, found.steps) == (Situation.USER_FAULT, "NameTaken", ())
        assert found.next_look is not None, "they may let go of it without an edit here"


@pytest.mark.parametrize(("holder", "remedy"), [(Holder.NOBODY, "AdoptOrCreate"), (Holder.OTHER_OPERATOR, "TakeOver")])
def test_the_policy_that_would_adopt_it_is_named(holder: Holder, remedy: str) -> None:
    found = make_plan(an_object(), facts(live(), foreign=foreign(holder)), INPUTS)
    assert f"adoptionPolicy: {remedy}" in found.message


def test_the_finalizer_is_there_before_the_tags_are_ours() -> None:
    wanted = an_object(spec(adoptionPolicy="AdoptOrCreate"), finalizer=False)
    found = make_plan(wanted, facts(live(), foreign=foreign()), INPUTS)
    assert (found.steps, found.finalizer) == ((), FinalizerChange.ADD)


def test_what_is_adopted_is_rolled_over_to_the_spec_and_none_of_its_parts_goes() -> None:
    wanted = an_object(spec(adoptionPolicy="AdoptOrCreate"))
    foreseen = foresee(wanted, facts(live(config_name="theirs"), foreign=foreign()), INPUTS)
    operations = [type(step).__name__ for step in foreseen.plan.steps]
    assert operations[0] == "SyncTags"
    assert operations[-3:] == ["CreateModel", "CreateEndpointConfig", "UpdateEndpoint"]
    assert "theirs" not in {step.name for step in foreseen.plan.steps}
    assert foreseen.in_the_end.situation == Situation.SERVING


def test_an_endpoint_that_nobody_made_is_made_whatever_the_policy() -> None:
    plans = [make_plan(an_object(spec(adoptionPolicy=each)), facts(), INPUTS) for each in ("AdoptOrCreate", "TakeOver")]
    assert {plan.reason for plan in plans} == {"Creating"}
