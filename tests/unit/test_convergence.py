"""Random walks: edits, crashes, retries and the doings of SageMaker and of others in any order, and what must hold.

Decided by plan_of_pass and status_of alone. A walk that breaks is printed by hypothesis as the calls that replay it.
"""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from endpoint_operator.api.status import InferenceEndpointStatus
from tests.unit.at_rest import is_deleted, is_said, reason_of_stalled, still_fits
from tests.unit.given import of_a_later_release
from tests.unit.operator_in_memory import OperatorInMemory, names_in
from tests.unit.sagemaker_in_memory import SageMakerInMemory
from tests.unit.settling import due, settle, transition_ends
from tests.unit.wish import GUARDS, NAMED_ALARM, SHAPES, Wish

IMAGES = ("good-1", "good-2", "good-3", "bad-1")
# How far the operator comes before the next thing happens.
PACE = ("nothing", "a pass", "two passes", "a crash", "everything", "everything")

images = st.sampled_from(IMAGES)
paces = st.sampled_from(PACE)
counts = st.integers(min_value=1, max_value=3)
limits = st.sampled_from([0, 1, 3])
places = st.sampled_from([0, 1])
weights = st.sampled_from([0.9, 0.5, 0.1])
alive = precondition(lambda self: not self.operator.deleted)


class Walk(RuleBasedStateMachine):
    """One object from its first sight to whatever the walk makes of it."""

    @initialize(
        image=st.sampled_from(["good-1", "good-1", "bad-1"]),
        count=counts,
        limit=limits,
        shape=st.sampled_from(SHAPES),
        scaling=st.sampled_from([None, 2, 4]),
        by_hand=st.sampled_from([None, None, None, "AllTraffic", "other"]),
        policy=st.sampled_from(["Never", "AdoptOrCreate", "TakeOver"]),
        pace=paces,
        lag=st.sampled_from([0.0, 20.0, 50.0]),
    )
    def begins(
        self,
        *,
        image: str,
        count: int,
        limit: int,
        shape: str,
        by_hand: str | None,
        policy: str,
        pace: str,
        lag: float,
        scaling: int | None,
    ) -> None:
        self.sagemaker = SageMakerInMemory(others={NAMED_ALARM})
        if by_hand is not None:
            self.sagemaker.make_by_hand(name="ml-churn", variant=by_hand)
        rest = {"revisionHistoryLimit": limit, "tags": {"team": "growth"}, "adoptionPolicy": policy}
        self.wish = Wish(shape=shape, images=(image, "good-1"), counts=(count, 1), scaling=scaling, rest=rest)
        self.operator = OperatorInMemory(sagemaker=self.sagemaker, wanted=self.wish.spec(), lag=lag)
        self._at(pace)

    @property
    def status(self) -> InferenceEndpointStatus:
        return self.operator.object.status

    @alive
    @rule(place=places, image=images, pace=paces)
    def another_image(self, place: int, image: str, pace: str) -> None:
        self._edit(pace, images=_with(self.wish.images, place, image))

    @alive
    @rule(place=places, count=counts, pace=paces)
    def another_count(self, place: int, count: int, pace: str) -> None:
        self._edit(pace, counts=_with(self.wish.counts, place, count))

    @alive
    @rule(place=places, image=images, count=counts, weight=weights, pace=paces)
    def another_image_count_and_weight(self, place: int, image: str, count: int, weight: float, pace: str) -> None:
        image_pair, count_pair = _with(self.wish.images, place, image), _with(self.wish.counts, place, count)
        self._edit(pace, images=image_pair, counts=count_pair, weight=weight)

    @alive
    @rule(weight=weights, pace=paces)
    def another_weight(self, weight: float, pace: str) -> None:
        self._edit(pace, weight=weight)

    @alive
    @rule(shape=st.sampled_from(SHAPES), pace=paces)
    def other_variants(self, shape: str, pace: str) -> None:
        self._edit(pace, shape=shape)

    @alive
    @rule(policy=st.sampled_from(["Refuse", "Recreate"]), pace=paces)
    def another_policy_of_replacing(self, policy: str, pace: str) -> None:
        self._rest(pace, replacePolicy=policy)

    @alive
    @rule(guard=st.sampled_from(GUARDS), pace=paces)
    def another_way_to_roll_out(self, guard: str, pace: str) -> None:
        self._edit(pace, guard=guard)

    @alive
    @rule(scaling=st.none() | st.sampled_from([2, 4]), pace=paces)
    def other_autoscaling(self, scaling: int | None, pace: str) -> None:
        self._edit(pace, scaling=scaling)

    @alive
    @rule(instance_type=st.sampled_from(["ml.m5.large", "ml.m5.xlarge"]), pace=paces)
    def another_instance_type(self, instance_type: str, pace: str) -> None:
        self._edit(pace, instance_type=instance_type)

    @alive
    @rule(team=st.sampled_from(["growth", "search"]), pace=paces)
    def other_tags(self, team: str, pace: str) -> None:
        self._rest(pace, tags={"team": team})

    @alive
    @rule(limit=limits)
    def another_limit(self, limit: int) -> None:
        self._rest("nothing", revisionHistoryLimit=limit)

    @alive
    @rule(word=st.integers(min_value=0, max_value=5), pace=paces)
    def redeploy(self, word: int, pace: str) -> None:
        self._rest(pace, redeploy=f"word-{word}")

    @alive
    @rule(stopped=st.booleans(), pace=paces)
    def stop_or_start(self, stopped: bool, pace: str) -> None:  # noqa: FBT001 - hypothesis passes it by name
        self._rest(pace, stopped=stopped)

    @alive
    @rule(paused=st.booleans(), pace=paces)
    def pause_or_go_on(self, paused: bool, pace: str) -> None:  # noqa: FBT001 - hypothesis passes it by name
        self._rest(pace, paused=paused)

    @alive
    @rule(policy=st.sampled_from(["Never", "AdoptOrCreate"]), pace=paces)
    def another_policy_of_adoption(self, policy: str, pace: str) -> None:
        self._rest(pace, adoptionPolicy=policy)

    @alive
    @rule(words=st.lists(st.integers(min_value=0, max_value=20), min_size=2, max_size=6), pace=paces)
    def one_bad_image_after_another(self, words: list[int], pace: str) -> None:
        before = self.wish.images
        for word in words:
            self._edit(pace, images=_with(before, 0, f"bad-{word}"))
        self._edit(pace, images=before)

    @alive
    @rule()
    def a_field_of_a_later_release_and_back(self) -> None:
        self.operator.edit(of_a_later_release())
        self.operator_works(passes=1)
        self.operator.edit(self.wish.spec())

    @rule()
    def retry(self) -> None:
        self.operator.retry, self.operator.awake = f"{self.operator.retry}x", True

    @precondition(lambda self: not self.operator.deleted and self.operator.generation > 8)
    @rule()
    def delete(self) -> None:
        self.operator.delete()

    @rule(passes=st.integers(min_value=1, max_value=4))
    def operator_works(self, passes: int) -> None:
        for _ in range(passes):
            due(self.operator)
            if self.operator.awake and not self.operator.gone:
                self.operator.one_pass()

    @precondition(lambda self: not self.operator.gone)
    @rule(steps=st.integers(min_value=0, max_value=5))
    def operator_dies_in_a_pass(self, steps: int) -> None:
        self.operator.one_pass(dies_after=steps)

    @rule()
    def transition_ends(self) -> None:
        transition_ends(self.operator)

    @precondition(lambda self: not self.operator.gone)
    @rule()
    def everything_settles(self) -> None:
        self._settle()
        if not self.operator.gone and not self.operator.deleted:
            is_said(self.operator, self.wish)

    @rule()
    def aws_maintains_the_endpoint(self) -> None:
        self.sagemaker.maintain()

    @rule()
    def somebody_deletes_the_endpoint(self) -> None:
        self.sagemaker.vanish()

    @rule(weight=weights, count=st.none() | counts)
    def somebody_changes_a_weight_or_a_count(self, weight: float, count: int | None) -> None:
        self.sagemaker.change_by_hand(weight=weight if count is None else None, count=count)

    @rule(count=st.integers(min_value=0, max_value=3))
    def autoscaling_follows_the_load(self, count: int) -> None:
        self.sagemaker.follow_the_load(count)

    @rule()
    def somebody_deletes_the_alarms_that_wake_it(self) -> None:
        self.sagemaker.autoscaling.alarms.clear()
        self.operator.awake = True  # by the look at all alarms: the fleet's list says nothing of them

    @rule()
    def somebody_moves_the_endpoint_to_another_config(self) -> None:
        self.sagemaker.move_by_hand()

    @rule()
    def somebody_deletes_what_it_serves_from(self) -> None:
        self.sagemaker.lose_parts()

    @rule()
    def somebody_changes_its_tags(self) -> None:
        if self.sagemaker.tags:
            self.sagemaker.tags["team"] = "nobody"

    @rule(pace=paces)
    def artifact_is_gone_for_a_while(self, pace: str) -> None:
        self.sagemaker.artifact = None
        self._at(pace)
        transition_ends(self.operator)
        self._at(pace)
        self.sagemaker.artifact = "etag-1"

    @rule(times=st.integers(min_value=1, max_value=2))
    def capacity_is_short(self, times: int) -> None:
        self.sagemaker.scarce = times

    @rule()
    def the_next_rollback_fails(self) -> None:
        self.sagemaker.rollback_fails = True

    @rule()
    def an_alarm_rings_in_the_next_rollout_that_is_watched(self) -> None:
        self.sagemaker.alarm_rings = True

    @rule()
    def stock_is_taken(self) -> None:
        self.operator.take_stock()

    @rule()
    def a_minute_passes(self) -> None:
        self.operator.clock += 61.0
        self.operator.sweep()

    @invariant()
    def nothing_forbidden_was_asked_of_sagemaker(self) -> None:
        assert not self.sagemaker.violations, self.sagemaker.violations

    @invariant()
    def everything_made_is_remembered(self) -> None:
        forgotten = self.sagemaker.made - names_in(self.status)
        assert not forgotten, f"in AWS, and no status knows it: {forgotten}"

    @invariant()
    def the_status_stays_within_its_bounds(self) -> None:
        still_fits(self.status)

    def teardown(self) -> None:
        if not hasattr(self, "operator"):
            return
        self._settle()
        if not self.operator.gone and not self.operator.deleted:
            is_said(self.operator, self.wish)
            self._world_mends()
            self._is_reached_unless_an_image_is_bad()
            self.operator.delete()
            self._settle()
        is_deleted(self.operator)
        self.nothing_forbidden_was_asked_of_sagemaker()

    def _edit(self, pace: str, **wish: Any) -> None:
        self.wish = replace(self.wish, **wish)
        self.operator.edit(self.wish.spec())
        self._at(pace)

    def _rest(self, pace: str, **members: Any) -> None:
        self._edit(pace, rest={**self.wish.rest, **members})

    def _at(self, pace: str) -> None:
        match pace:
            case "a pass":
                self.operator_works(passes=1)
            case "two passes":
                self.operator_works(passes=2)
            case "a crash" if not self.operator.gone:
                self.operator_works(passes=1)
                self.operator.one_pass(dies_after=3)
            case "everything":
                self._settle()
            case _:
                pass

    def _settle(self) -> None:
        settle(self.operator, after_each_pass=self._nothing_is_lost)

    def _nothing_is_lost(self) -> None:
        self.everything_made_is_remembered()
        still_fits(self.status)

    def _world_mends(self) -> None:
        """Nothing is in the way any more, somebody goes on and retries, and stock is taken."""
        self.sagemaker.mend()
        self._rest("everything", paused=False, stopped=False, adoptionPolicy="AdoptOrCreate", replacePolicy="Recreate")
        self.retry()
        self._settle()
        if reason_of_stalled(self.status) == "VariantsChanged":
            assert self.wish.guard in ("canary", "other canary", "linear")
            self._edit("everything", guard="none")
        for _ in range(3):  # whatever is put right, the rest of what was found is looked for again an hour later
            self.operator.take_stock()
            self._settle()
        is_said(self.operator, self.wish, stock_taken=True)

    def _is_reached_unless_an_image_is_bad(self) -> None:
        bad = any(image.startswith("bad") for image in self.wish.images_in_use)
        assert reason_of_stalled(self.status) == ("ContainerUnhealthy" if bad else None)


def _with(pair: tuple[Any, Any], place: int, value: Any) -> tuple[Any, Any]:
    return (value, pair[1]) if place == 0 else (pair[0], value)


Walk.TestCase.settings = settings(
    max_examples=120,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestAnyWalkConverges = Walk.TestCase
